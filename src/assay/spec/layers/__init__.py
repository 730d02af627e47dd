"""Specs of the layers."""

"""Recurrent layers as functions."""

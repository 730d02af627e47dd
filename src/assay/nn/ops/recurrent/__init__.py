"""Recurrent layers, as functions."""

"""Turns the bytes of text tables in various encodings and notations into plain CSV."""

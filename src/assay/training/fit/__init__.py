"""Fits that can be advanced step by step or run to completion."""

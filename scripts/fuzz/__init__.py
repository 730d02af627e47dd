"""Passes damaged files, specs and requests to all code that reads them."""

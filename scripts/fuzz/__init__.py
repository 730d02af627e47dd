"""Feeds damaged files, specs and requests to everything that reads them."""

"""Commands for finished runs."""

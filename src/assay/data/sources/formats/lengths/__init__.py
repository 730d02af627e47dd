"""Checks the lengths in columnar files, because the reader trusts them.

A length that damage made huge or negative lets polars ask for more memory than there
is, which ends the process without an error that could be reported.
"""

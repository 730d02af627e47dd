"""Checks the lengths in columnar files, because the reader trusts them.

In a damaged file, a length may be huge or negative. Polars then requests more memory
than is available, and the process ends without an error that could be reported.
"""

"""Checks the lengths in columnar files, because polars does not check them.

In a damaged file, a length may be huge or negative. Polars then requests more memory
than is available, and the process ends before an error can be reported.
"""

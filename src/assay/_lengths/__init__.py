"""Validates the lengths stored in columnar files, because Polars does not.

A length in a damaged file may be huge or negative. Polars would then request more
memory than is available, and the process would be killed before it could report an
error.
"""

"""Local copies of remote data."""

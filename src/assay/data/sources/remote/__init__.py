"""Local copies of data on the internet."""

"""Reads many columns at once, with the same results as one by one."""

"""Reads many columns at once, with the same results as reading them one by one."""

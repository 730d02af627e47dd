"""The tables that readers return, their names and cells, and limits on their size."""

"""The folder of a run: its files, its name and its lock."""

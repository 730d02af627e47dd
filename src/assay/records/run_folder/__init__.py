"""Run folders, with their names, files and locks."""

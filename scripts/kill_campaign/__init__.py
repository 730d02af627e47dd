"""Kills runs at many different moments, resumes them, and compares the results."""

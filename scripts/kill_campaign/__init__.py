"""Kills runs at every kind of moment, resumes them, and compares the results."""

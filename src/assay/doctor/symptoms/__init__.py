"""The symptoms, grouped by topic."""

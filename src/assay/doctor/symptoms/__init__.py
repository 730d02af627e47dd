"""The symptoms, grouped by what they concern."""

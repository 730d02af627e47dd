"""The symptoms, by what they concern."""

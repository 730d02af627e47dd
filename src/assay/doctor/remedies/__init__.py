"""The remedies, grouped by what they change."""

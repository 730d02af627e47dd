"""The remedies, by what they change."""

"""The remedies, grouped by the settings they change."""

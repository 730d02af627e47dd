"""Default values for fields that the user does not set, derived from the data."""

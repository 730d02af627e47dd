"""Default values, derived from the data, for fields that the user does not set."""

"""The ways in which people write numbers and dates."""

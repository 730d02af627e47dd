"""Notations for dates, and the calendars to which their years belong."""

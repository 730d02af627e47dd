"""Notations of dates, and the calendars of their years."""

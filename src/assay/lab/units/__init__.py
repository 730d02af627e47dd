"""The units. Each has a lesson and computes the numbers shown on its page."""

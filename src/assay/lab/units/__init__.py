"""The units. Each one has a lesson and computes the numbers shown on its page."""

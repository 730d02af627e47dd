"""The units, each of which has a lesson and computes the numbers on its page."""

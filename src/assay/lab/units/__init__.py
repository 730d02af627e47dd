"""The units: each has a lesson, and computes the numbers that its page shows."""

"""The interactive units of the lab, each with a lesson and the numbers on its page."""

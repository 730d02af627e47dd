"""The interactive units of the lab: their lessons and the numbers on their pages."""

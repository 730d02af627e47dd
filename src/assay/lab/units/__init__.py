"""The interactive units of the lab, which consist of a lesson and computed figures."""

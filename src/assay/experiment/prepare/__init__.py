"""Loading, splitting and preparing the data of an experiment before the search."""

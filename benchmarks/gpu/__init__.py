"""Races against PyTorch on a GPU. This folder also contains the tables of past runs."""

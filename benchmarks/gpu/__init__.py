"""Races against PyTorch on a GPU. This folder also contains tables of past runs."""

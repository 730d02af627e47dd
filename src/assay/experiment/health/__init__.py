"""Examines the training of a run and, on request, tries remedies."""

"""The doctor in a run, which examines the training and, on request, tries remedies."""

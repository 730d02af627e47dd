"""The doctor in a run: it examines the training and, on request, tries remedies."""

"""The target column and the task."""

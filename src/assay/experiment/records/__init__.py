"""The records of a run: settings, trainings and summary."""

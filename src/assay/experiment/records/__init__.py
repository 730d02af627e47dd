"""The records of a run: settings, fits and summary."""

"""Commands that take a finished run."""

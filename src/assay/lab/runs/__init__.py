"""The records of live and finished runs as JSON, and training processes."""

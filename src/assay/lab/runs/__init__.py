"""The records of runs as JSON, live and finished, and the processes that train."""

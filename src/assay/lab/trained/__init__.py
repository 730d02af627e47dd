"""Shows the records of finished runs and how their models process examples."""

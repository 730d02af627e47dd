"""Sources: where examples can come from."""

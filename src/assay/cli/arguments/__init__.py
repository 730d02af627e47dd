"""The argument parser and options derived from the spec."""

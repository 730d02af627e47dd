"""The argument parser, and the options that are derived from the spec."""

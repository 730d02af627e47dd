"""Arguments: the parser, and the options derived from the spec."""

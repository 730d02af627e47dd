"""Arguments: the parser, and the options made from the spec."""

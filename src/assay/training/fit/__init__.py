"""A fit, which can be advanced step by step or run to completion."""

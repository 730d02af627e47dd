"""A fit: one training, advanced step by step or run to completion."""

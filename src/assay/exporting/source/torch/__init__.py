"""Export to PyTorch code."""

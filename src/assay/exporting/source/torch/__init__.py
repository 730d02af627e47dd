"""Export to code in PyTorch."""

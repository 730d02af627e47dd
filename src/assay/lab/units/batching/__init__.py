"""The questions about splits and batches."""

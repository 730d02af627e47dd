"""Request handlers for splits and batches."""

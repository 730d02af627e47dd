"""What the doctor does in a run: it examines the training, and mends it on request."""

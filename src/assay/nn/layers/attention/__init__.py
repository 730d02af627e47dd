"""Self-attention and position embeddings."""

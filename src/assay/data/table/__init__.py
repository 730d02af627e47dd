"""Tables returned by readers, cells with arrays, chunks and memory limits."""

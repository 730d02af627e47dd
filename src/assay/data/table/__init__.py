"""Tables read from a source, with array cells, chunks and memory limits."""

"""Tables that readers return, with array cells, chunks and memory limits."""

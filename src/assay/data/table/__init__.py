"""Tables as read from a source: columns, array cells, chunks and memory limits."""

"""Tables returned by readers, array cells, chunks of rows and memory limits."""

"""Tables as read: columns, array cells, chunks, and limits on memory."""

"""Files to documents to chunks, and the collection kept in step with them."""

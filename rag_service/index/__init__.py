"""The stores: catalog, vectors, lexical index, token vectors."""

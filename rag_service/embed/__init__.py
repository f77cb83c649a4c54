"""Text to vectors: the bundled encoder and its alternatives."""

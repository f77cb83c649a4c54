"""Passages to weighed sentences, and how sure it is that they answer."""

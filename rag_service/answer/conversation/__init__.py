"""A message to a question that can stand alone: what is asked, and what it leaves out."""

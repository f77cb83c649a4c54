"""A model's reply to statements with quotes: read, cleaned of markers, aligned, checked."""

"""What is evaluated: the service in this process, or one behind a URL."""

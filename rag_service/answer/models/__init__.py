"""Chat models: the adapters that speak to one, and the guard around them."""

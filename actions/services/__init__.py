"""Use cases; they know the ports, not who implements them."""

"""What computes the differences between two branches: memory (the default)."""

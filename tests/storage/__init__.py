"""What the ground promises, on real databases."""

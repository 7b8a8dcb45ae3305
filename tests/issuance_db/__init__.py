"""What the front knows and remembers."""

"""The staff console, over a real database and in a real browser."""

"""The demo: the invented city and what it is loaded with."""

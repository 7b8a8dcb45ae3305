"""The systems whose data certificates are made from: their names, how each is, and what staff set of it; command line and console say and do the same."""

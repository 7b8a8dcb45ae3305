"""The staff console at `/staff`: who received what, and what staff decide about it. Pages are drawn here; rules live in the rooms."""

"""The whole service as it is started for a demo, asked from outside."""

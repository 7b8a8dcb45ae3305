"""Signature levels, made with authorities over real HTTP and judged without them."""

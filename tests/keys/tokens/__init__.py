"""Keys on a token: SoftHSM2, and what can happen to it."""

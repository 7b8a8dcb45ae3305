"""The web edge over real mutual TLS."""

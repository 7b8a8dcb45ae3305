"""Files pushed over mutual TLS."""

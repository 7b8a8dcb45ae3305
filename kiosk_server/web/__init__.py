"""The web edge of the centre protocol: JSON in over mutual TLS, PDF or a problem document out, and nothing decided here."""

"""Whether a certificate is believed, against a strict fake authority over real HTTP."""

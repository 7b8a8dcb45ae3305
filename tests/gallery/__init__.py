"""`make gallery`: every kind and every hard case of the demo city, asked for at the running service and shown as pictures."""

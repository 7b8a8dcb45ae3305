"""Processes of an installation, started as a service manager starts them."""

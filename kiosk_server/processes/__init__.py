"""The processes of an installation, each under its own database role; the supervisor starts and stops them together."""

"""The terminal with a real PC/SC daemon, a virtual reader, and the virtual card as a process of its own."""

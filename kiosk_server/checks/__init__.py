"""What must be right before a process serves, and while it does: one list for start-up, /ready and `kiosk doctor`."""

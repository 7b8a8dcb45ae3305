"""The kiosk terminal: its table of steps, its devices, its page, and the whole way in a real browser."""

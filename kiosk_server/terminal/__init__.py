"""The kiosk terminal: one small process on the kiosk machine, with reader, coin slot and printer, and a screen in its browser."""

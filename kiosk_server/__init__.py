"""The front: centre API, kiosk terminal, staff console, operations, the issuing pipeline and the command line.

The only room that may import every other one; it wires them together.
"""

"""The paper: composing, inspecting, signing and verifying a certificate.

Everything it prints comes from the snapshot it is given; it imports no database.
"""

"""Keys that never leave their token (PKCS#11): one process, with one session, speaks to it for each process that signs."""

"""Each safeguard is taken out in turn, and a named test must fail: `make safeguards`."""

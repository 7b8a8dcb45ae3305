"""The register of residents: events, history, refusals."""

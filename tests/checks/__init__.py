"""Each check fails for its cause and says its fix."""

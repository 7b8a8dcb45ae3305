"""What is shipped for those who watch the service."""

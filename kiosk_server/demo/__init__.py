"""What the product is shown and tried with: an invented city. Nothing here runs in production."""

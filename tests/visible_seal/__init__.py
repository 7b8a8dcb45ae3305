"""The visible seal outside the paper: status lists, published files, verification."""

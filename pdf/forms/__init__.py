"""The forms (様式) of the certificates: which cells there are, how large, in what order."""

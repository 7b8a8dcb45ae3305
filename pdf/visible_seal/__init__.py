"""The visible seal: a QR code on every page with a short signed statement (docs/visible-seal.md)."""

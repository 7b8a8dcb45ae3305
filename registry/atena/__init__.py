"""Addressee numbers (統合宛名) for taxes and benefits. It never meets `registry.jukinet` (PIA R-20)."""

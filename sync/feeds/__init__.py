"""Files from other systems: one form for all of them, read as a whole or refused as a whole."""

from sync.feeds.envelope import EnvelopeReader, Layout
from sync.feeds.errors import FileRefused
from sync.feeds.items import Items

__all__ = ["EnvelopeReader", "FileRefused", "Items", "Layout"]

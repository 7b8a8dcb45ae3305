"""Files from other systems: one form for all of them, read as a whole or refused as a whole."""

from sync.feeds.applying import apply_file
from sync.feeds.comparing import ListOfAnotherState, SourceComparison, compare_source
from sync.feeds.envelope import EnvelopeReader, Layout
from sync.feeds.errors import FileRefused, OtherCity
from sync.feeds.items import Items
from sync.feeds.receipts import Receipt, Told
from sync.feeds.seal_file import HeldSeal, seal_digest

__all__ = [
    "EnvelopeReader",
    "FileRefused",
    "HeldSeal",
    "Items",
    "Layout",
    "ListOfAnotherState",
    "OtherCity",
    "Receipt",
    "SourceComparison",
    "Told",
    "apply_file",
    "compare_source",
    "seal_digest",
]

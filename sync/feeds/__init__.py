"""Files from other systems: one form for all of them, read as a whole or refused as a whole."""

from sync.feeds.applying import OtherCity, apply_seal_file
from sync.feeds.comparing import HeldSeal, ListOfAnotherState, SealComparison, compare_seals, seal_digest
from sync.feeds.envelope import EnvelopeReader, Layout
from sync.feeds.errors import FileRefused
from sync.feeds.items import Items
from sync.feeds.receipts import Receipt, Told

__all__ = [
    "EnvelopeReader",
    "FileRefused",
    "HeldSeal",
    "Items",
    "Layout",
    "ListOfAnotherState",
    "OtherCity",
    "Receipt",
    "SealComparison",
    "Told",
    "apply_seal_file",
    "compare_seals",
    "seal_digest",
]

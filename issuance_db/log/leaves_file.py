"""The leaf hashes that a witness keeps beside its checkpoints: 32 bytes each, in order. They tell nothing of the rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

LEAVES_SUFFIX: Final = ".leaves"
HASH_BYTES: Final = 32


def read_leaves(path: Path) -> Sequence[bytes]:
    """Every whole hash of the file; what a crash tore at its end is left out."""
    content = path.read_bytes()
    return [content[place : place + HASH_BYTES] for place in range(0, len(content) - HASH_BYTES + 1, HASH_BYTES)]

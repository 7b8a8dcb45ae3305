"""Where a key on a token lies, and what it takes to reach it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIMIT_SECONDS: Final = 2.0
"""How long a token may take for one signature, or to open: then it counts as lost."""


@dataclass(frozen=True, slots=True)
class TokenAccess:
    """The module (.so) of the token's maker, the file with the PIN (0600), and where refused PINs are remembered.

    `limit` is in seconds, for each thing that is asked of the token.
    """

    module: Path
    pin_file: Path
    memory: Path
    limit: float = LIMIT_SECONDS


@dataclass(frozen=True, slots=True)
class KeyAddress:
    """The token's label, and CKA_LABEL and CKA_ID of the key on it."""

    token: str
    label: str
    key_id: bytes

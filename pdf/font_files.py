"""The font files as they lie on disk: which there are, and that the one which comes with us is the one we chose."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pdf.font_chain import IPAEX_MINCHO, IPAMJ_MINCHO

VENDORED_SHA256: Final[Mapping[Path, str]] = {
    IPAEX_MINCHO: "7a306386f930fee80922f71eebf4ffe0f1ff2817da8e619230953487673d71c7"
}
"""SHA-256 of the files in `fonts/`, lower-case hex."""


FONT_FILES: Final = (IPAMJ_MINCHO, IPAEX_MINCHO)
"""Every file a certificate may be drawn with, best first."""


def font_digests() -> Mapping[Path, str | None]:
    """SHA-256 (lower-case hex) of each font file a certificate may be drawn with; None for one that cannot be read.

    What is drawn depends on which there are, so every node must have the same.
    """
    return {path: _sha256(path) for path in FONT_FILES}


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

"""What a city has published for those who check, in a directory: the city's own, or a copy of it."""

import re
from pathlib import Path
from typing import Final

from keys.cose import StatementMalformed
from pdf.visible_seal.published_keys import PublishedKeys, read_keys
from pdf.visible_seal.status_list import StatusList, read_status_list

KEYS_FILE: Final = "keys.cose"
STATUS_DIRECTORY: Final = "status"
_CITY: Final = re.compile(r"[0-9]{6}")
_LARGEST_BYTES: Final = 1 << 22


class PublishedFiles:
    """The files of any number of cities below one directory, or none. A file that is damaged is as good as none."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def keys(self, municipality_code: str) -> PublishedKeys | None:
        """The keys of a city; None where there are none, or those of another city."""
        content = self._read(municipality_code, Path(KEYS_FILE))
        try:
            found = None if content is None else read_keys(content)
        except StatementMalformed:
            return None
        return found if found is not None and found.municipality_code == municipality_code else None

    def status_list(self, municipality_code: str, month: str) -> StatusList | None:
        """The list of a month (2026-11), not yet verified; None where there is none, or that of another city or month."""
        content = self._read(municipality_code, Path(STATUS_DIRECTORY, f"{month}.cose"))
        try:
            found = None if content is None else read_status_list(content)
        except StatementMalformed:
            return None
        wanted = (municipality_code, month)
        return found if found is not None and (found.municipality_code, found.month) == wanted else None

    def _read(self, municipality_code: str, name: Path) -> bytes | None:
        # The code comes out of a token that anybody may have made.
        if self._directory is None or not _CITY.fullmatch(municipality_code):
            return None
        try:
            with (self._directory / municipality_code / name).open("rb") as file:
                return file.read(_LARGEST_BYTES)
        except OSError:
            return None

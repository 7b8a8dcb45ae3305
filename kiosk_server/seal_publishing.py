"""Publishes what those who check sheets need: the city's public keys, the status list of each month, the verification page.

Files are written whole or not at all; a web server may hand the directory out while it is being renewed.
"""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from civil.calendar import jst_date
from issuance_db.seal_places import status_list_of
from issuance_db.seal_status import PlaceState
from keys.cose import StatementMalformed, read_sign1
from keys.document_certified import DocumentCertified
from keys.provider import KeyProvider
from keys.purpose import STATEMENT_PURPOSES, Purpose
from kiosk_server.verification_page import Published, bundle, single_file
from pdf.visible_seal.published_files import KEYS_FILE, STATUS_DIRECTORY
from pdf.visible_seal.published_keys import PublishedKey, read_keys, sign_keys
from pdf.visible_seal.statement import StatusPlace
from pdf.visible_seal.status_list import Entry, sign_status_list

PAGE_DIRECTORY: Final = "verify"
SINGLE_FILE: Final = "verify.html"
MONTHS_INSIDE: Final = 6
"""The latest lists that the single file carries: sheets are asked for at three or six months of age at most."""

_DIRECTORY_MODE: Final = 0o755
_FILE_MODE: Final = 0o644


def publish(
    directory: Path,
    municipality_code: str,
    places: Sequence[PlaceState],
    keys: KeyProvider,
    now: datetime,
    valid: timedelta,
    city_name: str | None = None,
) -> tuple[str, ...]:
    """Write the files of one city into its directory below `directory`; returns the months whose list was written.

    `city_name` stands on the page, else the code. Raises KeyNotFound without a key in force, OSError if it cannot be written.
    """
    home = directory / municipality_code
    signer = keys.statement_signer(Purpose.SEAL_STATUS)
    # Keys first: a list or a sheet signed by a new one is never met before it.
    documents = _documents(keys, home)
    keys_file = sign_keys(municipality_code, published_keys(keys), now, signer, documents)
    _write(home / KEYS_FILE, keys_file)
    lists = {}
    for month, entries in _by_month(places, now).items():
        lists[month] = sign_status_list(municipality_code, month, entries, now, now + valid, signer)
        _write(home / STATUS_DIRECTORY / f"{month}.cose", lists[month])
    _write_page(home, city_name or municipality_code, Published(keys_file, dict(list(lists.items())[-MONTHS_INSIDE:])))
    return tuple(lists)


def _write_page(home: Path, city: str, published: Published) -> None:
    for name, content in bundle(city).items():
        _write(home / PAGE_DIRECTORY / name, content)
    _write(home / SINGLE_FILE, single_file(city, published))


def published_keys(keys: KeyProvider) -> tuple[PublishedKey, ...]:
    """Every version of every statement key, past and coming ones too."""
    return tuple(
        PublishedKey(purpose, keys.statement_signer(purpose, version).public)
        for purpose in STATEMENT_PURPOSES
        for version in keys.versions(purpose)
    )


def _documents(keys: KeyProvider, home: Path) -> tuple[DocumentCertified, ...]:
    """Every certificate that documents are or were signed under: a renewed one stands no more in the key file, but on sheets."""
    present = keys.document_certificates()
    known = {one.certificate_der for one in present}
    return (*(one for one in _published_before(keys, home) if one.certificate_der not in known), *present)


def _published_before(keys: KeyProvider, home: Path) -> tuple[DocumentCertified, ...]:
    """Those of the file that is out, if a key of ours has signed it."""
    try:
        content = (home / KEYS_FILE).read_bytes()
        before, signed = read_keys(content), read_sign1(content)
    except (OSError, StatementMalformed):
        return ()
    ours = {key.public.key_id for key in published_keys(keys) if key.purpose is Purpose.SEAL_STATUS}
    return before.documents if signed.key_id in ours else ()


def _by_month(places: Sequence[PlaceState], now: datetime) -> Mapping[str, list[Entry]]:
    """The list of this month is there even if nothing was issued yet."""
    months: defaultdict[str, list[Entry]] = defaultdict(list, {status_list_of(jst_date(now)): []})
    for place in places:
        months[place.status_list].append(Entry(StatusPlace(place.index, place.secret), place.state))
    return dict(sorted(months.items()))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)

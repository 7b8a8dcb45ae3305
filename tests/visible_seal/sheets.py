"""Sheets to be checked, and what a city has published about them. All of it is made up."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image

import pdf
from keys.purpose import Purpose
from keys.secret_key import SecretKey
from keys.statement_key import StatementKey
from pdf.visible_seal.published_files import PublishedFiles
from pdf.visible_seal.published_keys import PublishedKey, sign_keys
from pdf.visible_seal.statement import StatusPlace
from pdf.visible_seal.status_list import Entry, State, sign_status_list
from tests.pdf.samples import SNAPSHOT
from tests.pdf.sealing import KEY, PLACE

FROM = datetime(2026, 1, 1, tzinfo=UTC)
LIST_KEY = StatementKey.of(SecretKey(Purpose.SEAL_STATUS, 1, bytes(range(32))), FROM, None)
FOREIGN_KEY = StatementKey.of(SecretKey(Purpose.VISIBLE_SEAL, 1, bytes(32)), FROM, None)
CITY = SNAPSHOT.municipality_code
LISTED = SNAPSHOT.issued_at + timedelta(hours=6)
NOW = LISTED + timedelta(hours=1)
KEYS = (PublishedKey(Purpose.VISIBLE_SEAL, KEY.public), PublishedKey(Purpose.SEAL_STATUS, LIST_KEY.public))


@cache
def fonts() -> pdf.FontChain:
    return pdf.FontChain()


def file_of(snapshot: pdf.Snapshot, key: StatementKey = KEY, place: StatusPlace = PLACE) -> bytes:
    """The unsigned file of a certificate with its codes."""
    return composed(pdf.seal_pages(snapshot, "resident_record", place, key))


def composed(sealed: pdf.Sealed) -> bytes:
    """The file of a snapshot with these tokens."""
    pages = pdf.with_codes(pdf.plan(sealed.snapshot, fonts()), sealed)
    return pdf.compose(sealed.snapshot, pages, fonts()).content


def publish(
    directory: Path,
    state: State | None = "issued",
    listed: datetime = LISTED,
    keys: Iterable[PublishedKey] = KEYS,
    city: str = CITY,
) -> PublishedFiles:
    """The files of a city; `state` of the sample's place, none for a list that does not know it."""
    home = directory / city
    (home / "status").mkdir(parents=True)
    (home / "keys.cose").write_bytes(sign_keys(city, tuple(keys), listed, LIST_KEY))
    entries = [] if state is None else [Entry(PLACE, state)]
    content = sign_status_list(city, "2026-11", entries, listed, listed + timedelta(days=2), LIST_KEY)
    (home / "status" / "2026-11.cose").write_bytes(content)
    return PublishedFiles(directory)


def printed(content: bytes, dots_per_inch: int = 300, page: int = 0) -> Image.Image:
    """A page as a scanner sees it, grey."""
    with pypdfium2.PdfDocument(content) as document:
        picture: Image.Image = document[page].render(scale=dots_per_inch / 72, grayscale=True).to_pil()
        return picture.convert("L")


def as_file(image: Image.Image, kind: str = "PNG", quality: int = 60) -> bytes:
    """The picture as a PNG or JPEG file."""
    file = BytesIO()
    image.save(file, kind, quality=quality)
    return file.getvalue()

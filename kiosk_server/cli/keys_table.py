"""The keys as a table for persons: purpose, version, state, dates, and where each lies."""

from collections.abc import Iterator
from datetime import datetime

import click
from cryptography import x509
from rich.console import Console
from rich.table import Column, Table

from civil.calendar import JST
from keys.key_file import KeyEntry, KeyFile
from keys.purpose import Purpose
from kiosk_server.checks.purposes import purpose_title

_COLUMNS = (
    "用途\npurpose",
    "版\nversion",
    "状態\nstate",
    "使用開始\nfrom",
    "終わり\nuntil",
    "保管場所\nwhere",
    "証明書の期限\ncertificate until",
)


_WIDTH = 200


def show_keys(content: KeyFile, now: datetime) -> None:
    """Print one line for each key, newest last, and the certificates of the document keys."""
    table = Table(*(Column(title, no_wrap=True) for title in _COLUMNS), box=None, pad_edge=False)
    for entry in sorted(content.keys, key=lambda entry: (list(Purpose).index(entry.purpose), entry.version)):
        table.add_row(
            f"{purpose_title(entry.purpose)[0]}\n{entry.purpose}",
            str(entry.version),
            _state(entry, content, now),
            _moment(entry.not_before),
            "-" if entry.not_after is None else _moment(entry.not_after),
            _where(entry),
            _certificate_until(entry, content),
        )
    # A line that is too long for the terminal is the terminal's to break: a table cut to fit loses words.
    console = Console(markup=False, highlight=False, width=_WIDTH)
    console.print(table)
    show_certificates(content)


def show_certificates(content: KeyFile) -> None:
    """Print whom each certificate of a document key names, who issued it, and its days."""
    for line in _certificates(content):
        click.echo(line)


def _state(entry: KeyEntry, content: KeyFile, now: datetime) -> str:
    if entry.not_before > now:
        return "これから\ncoming"
    if not entry.in_force(now):
        return "終了(読むだけ)\nended, reads only"
    same = (other for other in content.keys if other.purpose is entry.purpose)
    newest = max((other.version for other in same if content.can_make(other, now)), default=0)
    if entry.version > newest:
        return "証明書待ち\nwaits for its certificate"
    return "使用中\nin use" if entry.version == newest else "旧版(読むだけ)\nold, reads only"


def _where(entry: KeyEntry) -> str:
    if entry.token is None:
        return "鍵ファイル\nkey file"
    return f"トークン / token {entry.token.token}\n{entry.token.label} ({entry.token.key_id.hex()})"


def _certificate_until(entry: KeyEntry, content: KeyFile) -> str:
    document = content.certificate_of(entry.version) if entry.purpose is Purpose.DOCUMENT_SIGNATURE else None
    return (
        "-" if document is None else _moment(x509.load_der_x509_certificate(document.certificate).not_valid_after_utc)
    )


def _certificates(content: KeyFile) -> Iterator[str]:
    if not content.documents:
        yield "文書署名の証明書 / document certificate: 未登録 / not installed (kiosk keys install)"
    for document in content.documents:
        certificate = x509.load_der_x509_certificate(document.certificate)
        yield f"文書署名の証明書 / document certificate, 版 / version {document.version}:"
        yield f"  名義 / subject: {certificate.subject.rfc4514_string()}"
        yield f"  発行者 / issuer: {certificate.issuer.rfc4514_string()}"
        yield (
            f"  有効期間 / valid: {_day(certificate.not_valid_before_utc)} - {_day(certificate.not_valid_after_utc)}"
        )


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M}"


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d}"

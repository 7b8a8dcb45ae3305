"""The settings file of a terminal (docs/terminal-example.toml): read, and everything that it names looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from civil.check_digits import municipality_code_ok
from civil.clock import Clock
from civil.errors import KioskError
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.asking import PinOf
from kiosk_server.terminal.identity import Trust, faults_of
from kiosk_server.terminal.ipp_printer import PrinterUrlWrong, http_url
from kiosk_server.toml_items import ItemsWrong, read_items

_LONGEST: Final = 64
_HIGHEST_PORT: Final = 65_535
_Name = Annotated[str, Field(min_length=1, max_length=_LONGEST)]


def _has_sound_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


class TerminalSettingsWrong(KioskError):
    """端末の設定ファイルに誤りがあります。端末は起動していません。 / The terminal's settings file is wrong; nothing was started."""


class TerminalItems(BaseModel):
    """The whole file. Paths are beside it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    url: str
    municipality_code: str
    city_name: _Name
    operator: _Name
    store: _Name
    terminal: _Name
    ca_file: str
    certificate: str
    private_key: str
    reader: Annotated[str, Field(min_length=1)]
    pin: PinOf
    user_id: bool = False
    payment: Literal["none"]
    printer: str
    printer_patience: Annotated[float, Field(ge=0.5, le=120, strict=False)] = 20.0
    directory: str
    port: Annotated[int, Field(ge=0, le=_HIGHEST_PORT)] = 8480

    @field_validator("url")
    @classmethod
    def _check_url(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme != "https" or not parts.hostname or not _has_sound_port(text) or parts.path.strip("/"):
            raise ValueError("https://サーバー:8444 の形で。 / such as https://server:8444")
        return text

    @field_validator("printer")
    @classmethod
    def _check_printer(cls, text: str) -> str:
        try:
            http_url(text)
        except PrinterUrlWrong:
            raise ValueError("ipp://プリンター/ipp/print の形で。 / such as ipp://printer/ipp/print") from None
        return text

    @field_validator("municipality_code")
    @classmethod
    def _check_code(cls, text: str) -> str:
        if not municipality_code_ok(text):
            raise ValueError("検査数字を含む6桁で。 / six digits, the last one the check digit")
        return text


@dataclass(frozen=True, slots=True)
class TerminalSettings:
    """What the file says, with absolute paths."""

    trust: Trust
    municipality_code: str
    city_name: str
    terminal: Terminal
    reader: str
    pin: PinOf
    takes_user_id: bool
    printer: str
    printer_patience: float
    directory: Path
    port: int


def read_terminal_settings(file: Path, clock: Clock) -> TerminalSettings:
    """The settings, once the files that they name fit. Raises TerminalSettingsWrong, a line for each fault, or OSError."""
    try:
        items = read_items(file, TerminalItems)
    except ItemsWrong as error:
        raise _wrong(file, error.faults) from None
    beside = file.absolute().parent
    trust = Trust(items.url, beside / items.ca_file, beside / items.certificate, beside / items.private_key)
    faults = faults_of(trust, clock())
    if faults:
        raise _wrong(file, faults)
    return TerminalSettings(
        trust=trust,
        municipality_code=items.municipality_code,
        city_name=items.city_name,
        terminal=Terminal(items.operator, items.store, items.terminal),
        reader=items.reader,
        pin=items.pin,
        takes_user_id=items.user_id,
        printer=items.printer,
        printer_patience=items.printer_patience,
        directory=beside / items.directory,
        port=items.port,
    )


def _wrong(file: Path, faults: Sequence[str]) -> TerminalSettingsWrong:
    return TerminalSettingsWrong("\n".join([f"{TerminalSettingsWrong()} {file}", *(f"  {fault}" for fault in faults)]))

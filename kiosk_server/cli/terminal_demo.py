"""What a terminal of the running demo is put together from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.cli.card_specimen import is_specimen
from kiosk_server.cli.running_demo import NotTold, said_by
from kiosk_server.demo.city import MUNICIPALITY_NAME
from kiosk_server.demo.city.readings import domicile_in_kana, name_in_kana
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.jpki.keeping import kept_jpki
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.asking import PinOf
from kiosk_server.terminal.demo_desk import CardHands, CardRack, SampleCard
from kiosk_server.terminal.identity import Trust
from kiosk_server.terminal.ipp_printer import IppPrinter, Patience, PrinterUrlWrong
from kiosk_server.terminal.payment import SimulatedPayment
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.printer import Printer, TrayPrinter
from kiosk_server.terminal.reader import VirtualReader
from kiosk_server.terminal.running import Devices, Parts

_CARDS: Final = 12
_FIRST: Final = "terminal"
PORT: Final = 8480


class NoDemo(NotTold):
    """動いているデモがありません。先に kiosk up --demo を起動してください(場所が違うときは --data-dir)。 /
    No demo is running. Start kiosk up --demo first (and name its --data-dir if it has another one)."""


class PrinterMiswritten(KioskError):
    """--printer は ipp://プリンター/ipp/print の形で指定してください。 / Write --printer as ipp://printer/ipp/print."""


@dataclass(frozen=True, slots=True)
class DemoWishes:
    """What may be otherwise in a demo's terminal."""

    reader: str | None = None
    pin: PinOf | None = None
    printer: str | None = None
    printer_patience: float | None = None
    port: int | None = None
    number: int | None = None
    user_id: bool | None = None

    @property
    def place(self) -> str:
        """The directory of a terminal below that of the demo."""
        return _FIRST if self.number in {None, 1} else f"{_FIRST}-{self.number}"


def demo_parts(data_dir: Path, wishes: DemoWishes) -> Parts:
    """Its parts. Raises NoDemo, PrinterMiswritten, ReaderSupportMissing."""
    directory = DemoDirectory(data_dir.absolute())
    said = said_by(data_dir)
    known = directory.read("city")
    if not said or known is None:
        raise NoDemo
    return Parts(
        trust=Trust(said["terminal_url"], directory.ca, directory.certificate(_FIRST), directory.private_key(_FIRST)),
        municipality_code=said["municipality_code"],
        city_name=MUNICIPALITY_NAME,
        terminal=Terminal("kiosk terminal", "demo", str(wishes.number or 1)),
        directory=directory.path / wishes.place,
        devices=_devices(directory, known, wishes),
        clock=utc_now,
        pin=wishes.pin or "card",
        takes_user_id=bool(wishes.user_id),
        port=PORT if wishes.port is None else wishes.port,
    )


def patience_of(seconds: float | None) -> Patience:
    """How long a printer that stopped is waited for, and for its job to be taken out."""
    return Patience() if seconds is None else Patience(stopped=seconds, take_out=seconds)


def _devices(directory: DemoDirectory, known: Mapping[str, Any], wishes: DemoWishes) -> Devices:
    printer, payment = _printer(directory, wishes), SimulatedPayment()
    if wishes.reader is not None:
        reader = PcscReader(wishes.reader, lambda certificate: is_specimen(directory, certificate))
        return Devices(reader, printer, payment)
    samples = [SampleCard(row["name"], row["serial"], row["pin"]) for row in known["samples"][:_CARDS]]
    samples += [SampleCard(_words_of(row), row["serial"], row["pin"]) for row in known.get("elsewhere", ())]
    cards = CardHands(CardRack(samples, kept_jpki(directory, utc_now()).current, utc_now()), VirtualReader())
    return Devices(cards.reader, printer, payment, cards)


def _words_of(elsewhere: Mapping[str, Any]) -> str:
    """What is typed to apply in the demo, each beside its label: the card of a real applicant would not say it."""
    typed = {
        "お名前 / name": name_in_kana(elsewhere["name"]),
        "生年月日 / born": elsewhere["birth_on"].replace("-", ""),
        "本籍 / domicile": domicile_in_kana(elsewhere["domicile"]),
        "筆頭者 / first registrant": name_in_kana(elsewhere["first_registrant"]),
    }
    return f"{elsewhere['name']}(市外 / elsewhere — {'、'.join(f'{label}: {what}' for label, what in typed.items())})"


def _printer(directory: DemoDirectory, wishes: DemoWishes) -> Printer:
    if wishes.printer is None:
        return TrayPrinter(directory.path / wishes.place / "tray")
    try:
        return IppPrinter(wishes.printer, patience_of(wishes.printer_patience))
    except PrinterUrlWrong:
        raise PrinterMiswritten from None

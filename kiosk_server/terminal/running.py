"""A terminal from its start to its stop, on the loopback."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from civil.clock import Clock
from kiosk_server.embedded.directory import DataDirectory
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.asking import City, PinOf
from kiosk_server.terminal.demo_desk import CardHands, DemoDesk
from kiosk_server.terminal.identity import Trust
from kiosk_server.terminal.journal import Journal, unreported, unsettled
from kiosk_server.terminal.machine import Machine, Pace
from kiosk_server.terminal.notices import Notices
from kiosk_server.terminal.payment import NoPayment, SimulatedPayment
from kiosk_server.terminal.printer import Printer, TrayPrinter
from kiosk_server.terminal.reader import Reader
from kiosk_server.terminal.screens import Screens, Setting
from kiosk_server.terminal.selling import Selling
from kiosk_server.terminal.serving import build_app
from kiosk_server.terminal.words import BY_NAME
from kiosk_server.web.client import CentreClient
from kiosk_server.web.serving import serve

_LOOPBACK: Final = "127.0.0.1"
_STOP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Devices:
    """What stands before the person. `cards` are the demo's, where its reader is no real one."""

    reader: Reader
    printer: Printer
    payment: SimulatedPayment | NoPayment
    cards: CardHands | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a terminal is put together from. `directory` is its own: journal and lock."""

    trust: Trust
    municipality_code: str
    city_name: str
    terminal: Terminal
    directory: Path
    devices: Devices
    clock: Clock
    pin: PinOf = "card"
    takes_user_id: bool = False
    port: int = 0
    pace: Pace | None = None


@asynccontextmanager
async def running_terminal(parts: Parts) -> AsyncIterator[str]:
    """Serve the screen until the end of the context; its address for the browser.

    Raises OSError, also for a port that is taken, and DataDirectoryInUse while another terminal has the directory.
    """
    devices, trust = parts.devices, parts.trust
    client = CentreClient(trust.url, trust.ca_file, trust.certificate, trust.private_key, tries=2)
    city = City(client, parts.municipality_code, parts.terminal, parts.pin, parts.takes_user_id, name=parts.city_name)
    path = parts.directory / "journal.jsonl"
    with DataDirectory(parts.directory), Journal(path, parts.clock) as journal:
        async with (
            client,
            Selling(city, devices.payment, devices.printer, journal, parts.clock) as selling,
            Machine(devices.reader, selling, frozenset(BY_NAME), parts.pace) as machine,
            Notices(city, machine) as notices,
        ):
            app = build_app(machine, Screens(_setting(parts, lambda: notices.texts)).draw, _desk(devices))
            server = await serve(app, _LOOPBACK, parts.port, None, stop_seconds=_STOP_SECONDS)
            try:
                _hand_over(journal, path)
                selling.report_left(unreported(path))
                yield f"http://{_LOOPBACK}:{server.port}/"
            finally:
                await server.stop()


def _setting(parts: Parts, notice: Callable[[], Mapping[str, str]]) -> Setting:
    devices, payment = parts.devices, parts.devices.payment
    rack = None if devices.cards is None else devices.cards.rack
    return Setting(
        city_name=parts.city_name,
        is_reader_virtual=devices.reader.is_virtual,
        is_payment_simulated=payment.is_simulated,
        is_printer_simulated=devices.printer.is_simulated,
        tray_place="/".join(devices.printer.tray.parts[-3:]) if isinstance(devices.printer, TrayPrinter) else "",
        inserted=payment.inserted,
        tray=lambda: payment.in_the_tray if isinstance(payment, SimulatedPayment) else 0,
        demo_cards=[] if rack is None else [sample.name for sample in rack.samples],
        placed=lambda: 0 if rack is None else rack.placed,
        takes_money=payment.takes_money,
        is_city_pin=parts.pin == "city",
        takes_user_id=parts.takes_user_id,
        notice=notice,
    )


def _desk(devices: Devices) -> DemoDesk | None:
    payment = devices.payment
    return DemoDesk(payment, devices.cards) if isinstance(payment, SimulatedPayment) else None


def _hand_over(journal: Journal, path: Path) -> None:
    """What a power cut left open between money and paper is for the staff to settle."""
    for visit, yen in unsettled(path).items():
        journal.write(visit, "left_to_staff", yen=yen)

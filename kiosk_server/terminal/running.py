"""A terminal from its start to its stop, on the loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from civil.clock import Clock
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.asking import City
from kiosk_server.terminal.demo_desk import CardHands, DemoDesk
from kiosk_server.terminal.journal import Journal, unreported, unsettled
from kiosk_server.terminal.machine import Machine, Pace
from kiosk_server.terminal.payment import SimulatedPayment
from kiosk_server.terminal.printer import Printer
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
class Trust:
    """The city's service, and who this terminal is to it (PEM files)."""

    url: str
    ca_file: Path
    certificate: Path
    private_key: Path


@dataclass(frozen=True, slots=True)
class DemoTerminal:
    """Everything a terminal of the demo is put together from."""

    trust: Trust
    municipality_code: str
    city_name: str
    terminal: Terminal
    journal: Path
    printer: Printer
    reader: Reader
    cards: CardHands | None
    """The demo's cards and their reader, where that is no real one."""
    clock: Clock
    port: int = 0
    pace: Pace | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Its address for the browser, and its devices."""

    url: str
    machine: Machine
    payment: SimulatedPayment


@asynccontextmanager
async def running_terminal(demo: DemoTerminal) -> AsyncIterator[Running]:
    """Serve the screen until the end of the context. Raises OSError, also for a port that is taken."""
    payment = SimulatedPayment()
    setting = Setting(
        city_name=demo.city_name,
        is_reader_virtual=demo.reader.is_virtual,
        is_payment_simulated=payment.is_simulated,
        is_printer_simulated=demo.printer.is_simulated,
        inserted=payment.inserted,
        tray=lambda: payment.in_the_tray,
        demo_cards=[] if demo.cards is None else [sample.name for sample in demo.cards.rack.samples],
    )
    trust = demo.trust
    client = CentreClient(trust.url, trust.ca_file, trust.certificate, trust.private_key, tries=2)
    city = City(client, demo.municipality_code, demo.terminal)
    with Journal(demo.journal, demo.clock) as journal:
        async with (
            client,
            Selling(city, payment, demo.printer, journal, demo.clock) as selling,
            Machine(demo.reader, selling, frozenset(BY_NAME), demo.pace) as machine,
        ):
            desk = DemoDesk(payment, demo.cards)
            app = build_app(machine, Screens(setting).draw, desk)
            server = await serve(app, _LOOPBACK, demo.port, None, stop_seconds=_STOP_SECONDS)
            try:
                # Only now: a second start by mistake finds the port taken, and the open visit is another process's.
                _hand_over(journal, demo.journal)
                selling.report_left(unreported(demo.journal))
                yield Running(f"http://{_LOOPBACK}:{server.port}/", machine, payment)
            finally:
                await server.stop()


def _hand_over(journal: Journal, path: Path) -> None:
    """What a power cut left open between money and paper is for the staff to settle."""
    for visit, yen in unsettled(path).items():
        journal.write(visit, "left_to_staff", yen=yen)

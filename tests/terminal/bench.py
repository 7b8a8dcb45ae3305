"""A terminal without a page: its machine with devices in the test's hands, and a person who does one thing after another."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk_server.demo.jpki import make_demo_jpki
from kiosk_server.demo.virtual_card import VirtualCard
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.asking import City, PinOf
from kiosk_server.terminal.demo_desk import CardRack, SampleCard
from kiosk_server.terminal.flow import Step
from kiosk_server.terminal.journal import Journal
from kiosk_server.terminal.machine import Machine, Pace
from kiosk_server.terminal.payment import NoPayment, SimulatedPayment
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.printer import PrintEnd
from kiosk_server.terminal.reader import VirtualReader
from kiosk_server.terminal.screens import Screens, Setting
from kiosk_server.terminal.selling import Selling
from kiosk_server.terminal.words import BY_NAME
from tests.terminal.city import NOW, FakeService

PIN = "4711"
ISSUER = "ab" * 20
RACK = CardRack([SampleCard("見本 太郎", "123456789", PIN)], make_demo_jpki(ISSUER, NOW).current, NOW)
"""One card for all tests: making its key takes a while."""


@dataclass
class FakePrinter:
    """`printer.Printer` that ends as it is told."""

    ends: list[PrintEnd] = field(default_factory=list)
    printed: list[tuple[bytes, str]] = field(default_factory=list)
    receipt_ends: list[PrintEnd | Exception] = field(default_factory=list)
    receipts: list[bytes] = field(default_factory=list)
    ready: bool = True
    looks: asyncio.Event | None = None
    """What a look at it waits for, once."""
    is_simulated: bool = True
    after_printing: Callable[[], object] = lambda: None
    """What happens once a certificate is out."""

    async def is_ready(self) -> bool:
        looks, self.looks = self.looks, None
        if looks is not None:
            await looks.wait()
        return self.ready

    async def print(self, document: bytes, title: str) -> PrintEnd:
        if title.startswith("receipt-"):
            return self._receipt(document)
        self.printed.append((document, title))
        self.after_printing()
        return self.ends.pop(0) if self.ends else PrintEnd.PRINTED

    def _receipt(self, document: bytes) -> PrintEnd:
        self.receipts.append(document)
        end = self.receipt_ends.pop(0) if self.receipt_ends else PrintEnd.PRINTED
        if isinstance(end, Exception):
            raise end
        return end


@dataclass
class Bench:
    """A terminal at work."""

    machine: Machine
    selling: Selling
    reader: VirtualReader
    payment: SimulatedPayment
    printer: FakePrinter
    service: FakeService
    path: Path

    @property
    def step(self) -> Step:
        return self.machine.visit.step

    def does(self, action: str, pin: str = "", **fields: str | list[str]) -> None:
        """One touch on the present page."""
        values = {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
        self.machine.act(self.machine.token, action, values, bytearray(pin.encode()))

    async def until(self, step: Step) -> None:
        """Wait for a step."""
        await self.see(lambda: self.step is step)

    async def see(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - what is waited for is in the hands of others
                await asyncio.sleep(0.005)

    async def place(self, card: VirtualCard, then: Step = Step.PIN) -> None:
        """From the start to the PIN, or what a card leads to instead."""
        self.does("next", language="en")
        self.reader.place(card)
        await self.until(then)

    async def identify(self) -> None:
        """From the start to the kinds."""
        await self.place(RACK.card(0))
        self.does("next", pin=PIN)
        await self.until(Step.REMOVE_CARD)
        self.reader.take()
        await self.until(Step.KIND)

    async def to_pay(self, copies: int = 1) -> None:
        """From the start to the money, for a 住民票 of both with one option."""
        await self.identify()
        self.does("next", kind="resident_record")
        self.does("next", person=["ref-1", "ref-2"])
        self.does("next", option=["relationship"])
        self.does("next", copies=str(copies))
        self.does("next")
        await self.until(Step.PAY)
        await self.see(lambda: self.payment._done is not None)

    def drawn(self, *, is_city_pin: bool = False) -> str:
        """The page of the present step."""
        return Screens(Setting("見本市", True, True, True, is_city_pin=is_city_pin)).draw(self.machine)

    def books(self) -> list[dict[str, Any]]:
        """The lines of the journal."""
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    def moved(self, what: str) -> int:
        """How many yen the journal has under a word."""
        return sum(line.get("yen", 0) for line in self.books() if line["what"] == what)


@asynccontextmanager
async def terminal(
    directory: Path,
    service: FakeService,
    printer: FakePrinter | None = None,
    pace: Pace | None = None,
    real_reader: PcscReader | None = None,
    pin: PinOf = "card",
    no_payment: NoPayment | None = None,
    *,
    user_id: bool = False,
) -> AsyncIterator[Bench]:
    """A terminal with quick eyes, and another reader than the bench's own, or no coin slot, where a test says so."""
    reader, payment, path = VirtualReader(), SimulatedPayment(), directory / "journal.jsonl"
    city = City(service, "092029", Terminal("見本市", "本庁", "1"), pin, user_id, pause_seconds=0, name="見本市")
    printer = printer or FakePrinter()
    with Journal(path, lambda: NOW) as journal:
        async with (
            Selling(city, no_payment or payment, printer, journal, lambda: NOW) as selling,
            Machine(real_reader or reader, selling, frozenset(BY_NAME), pace or Pace(watch=0.01)) as machine,
        ):
            await asyncio.sleep(0)  # the machine's first look at the reader is over before anybody comes
            yield Bench(machine, selling, reader, payment, printer, service, path)

"""From the card on the reader to the paper, through everything: vpcd, pcscd, terminal, mutual TLS, the demo's service, an IPP printer.

Who stands there acts at once, so that what is measured is the machine's own time: the page that is served, not a browser drawing it.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from kiosk_server.cli.card_inserting import inserter
from tests.bench.figures import Table, percentile
from tests.cardauth.pcsc.daemon import Daemon, running_daemon
from tests.cli.command import demo_up, kiosk
from tests.terminal.conftest import Kiosk, kiosk_up
from tests.terminal.ipp import PaperTray, ipp_printer

_READER: Final = "Virtual PCD 00 00"
_PIN: Final = "2580"
_ROUNDS, _QUICK = 60, 8
_CARDS: Final = 12
"""One person's requests are limited to twenty a minute."""
_WANTED_SECONDS: Final = 3.0
_PATIENCE: Final = 60
_STEPS: Final = ("card read", "PIN to menu", "card taken", "paid to paper")


@dataclass
class _Page:
    """The terminal's page, as a program reads it."""

    url: str
    text: str = ""
    at: list[float] = field(default_factory=list)

    def until(self, step: str) -> None:
        """Wait for a step, and note when it was there."""
        _wait(lambda: self.step() == step)
        self.at.append(time.monotonic())

    def does(self, action: str, path: str = "", **fields: str) -> None:
        """Send the form of the present step."""
        self.step()
        token = re.search(r'name="token" value="([^"]+)"', self.text)
        assert token is not None
        body = urlencode({"token": token[1], **({"do": action} if action else {}), **fields}).encode()
        with urlopen(Request(self.url + path, body, {"Origin": self.url.rstrip("/")})):  # noqa: S310 - our own page
            pass

    def step(self) -> str:
        """Which step it shows now."""
        with urlopen(self.url) as answer:  # noqa: S310 - our own page
            self.text = answer.read().decode()
        found = re.search(r'data-step="(\w+)"', self.text)
        assert found is not None
        return found[1]


def measure(quick: bool) -> list[Table]:  # noqa: FBT001 - as every part
    """The time of each part, and of all together."""
    with _everything() as (readers, tray, terminal):
        cards = _cards(terminal)
        rounds = [_one(readers, tray, terminal, cards[place % _CARDS]) for place in range(_QUICK if quick else _ROUNDS)]
    named = {name: [one[place] for one in rounds] for place, name in enumerate(_STEPS)}
    named["card on the reader to paper out"] = [sum(one) for one in rounds]
    rows = [(name, *(f"{percentile(took, share):.2f}" for share in (50, 95, 100))) for name, took in named.items()]
    title = f"A certificate at the terminal, {len(rounds)} times (seconds; wanted: p95 of the last at most {_WANTED_SECONDS:.0f})"
    return [Table(title, ("", "p50", "p95", "most"), rows, results=named)]


@contextmanager
def _everything() -> Iterator[tuple[Daemon, PaperTray, Kiosk]]:
    with tempfile.TemporaryDirectory(prefix="pcsc-", dir="/tmp") as short:
        place = Path(short)
        os.environ["PCSCLITE_CSOCK_NAME"] = f"{short}/run/pcscd.comm"
        (place / "printer").mkdir()
        with (
            running_daemon(place) as readers,
            ipp_printer(place / "printer") as tray,
            demo_up(place / "data", "--residents", "3000", "--samples", "12") as demo,
            kiosk_up(demo, "--reader", _READER, "--printer", tray.uri) as terminal,
        ):
            yield readers, tray, terminal


def _cards(terminal: Kiosk) -> list[Path]:
    data = terminal.demo.data_dir
    for place in range(_CARDS):
        serial = terminal.sample(place)["serial"]
        made = kiosk("card", "make", "--serial", serial, "--data-dir", data, given=f"{_PIN}\n")
        assert made.returncode == 0, made.stderr
    return sorted((data / "cards").glob("*.json"))


def _one(readers: Daemon, tray: PaperTray, terminal: Kiosk, card: Path) -> list[float]:
    """Seconds of each part of one visit."""
    page, before = _Page(terminal.url), len(tray.papers())
    page.until("language")
    page.does("next", language="ja")
    page.until("card")
    lying = readers.insert(card)
    _wait(lambda: inserter(card) is not None)
    page.at = [time.monotonic()]
    page.until("pin")
    page.does("next", pin=_PIN)
    page.until("remove_card")
    lying.process.terminate()
    page.until("kind")
    _choose(page)
    paid = time.monotonic()
    # Money that comes before the printer was looked at once more falls through: it is offered until it is taken.
    while page.step() == "pay":
        page.does("", "demo", hand="cashless")
    _wait(lambda: len(tray.papers()) > before)
    out = time.monotonic() - paid
    lying.remove()
    page.until("take")
    page.does("stop")
    return [*(later - earlier for earlier, later in pairwise(page.at[:4])), out]


def _choose(page: _Page) -> None:
    """What the person takes their time over: not counted."""
    page.does("next", kind="seal_registration")
    for step, fields in (("copies", {"copies": "1"}), ("confirm", {})):
        page.until(step)
        page.does("next", **fields)
    page.until("pay")


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)

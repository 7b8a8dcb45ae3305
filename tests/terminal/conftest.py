"""A demo with a terminal, and a browser before it, for the whole room."""

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.cli.command import Demo, demo_up, environment
from tests.terminal.screen import Screen, chromium

_MOST_SECONDS = 30
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A running `kiosk terminal --demo`."""

    demo: Demo
    process: subprocess.Popen[str]
    url: str
    number: int

    @property
    def place(self) -> Path:
        """Where it keeps its journal and its tray."""
        return place_of(self.demo, self.number)

    def sample(self, number: int) -> dict[str, Any]:
        """The resident whose card has this place in the demo's rack."""
        found: dict[str, Any] = self.demo.said["samples"][number]
        return found

    @property
    def family(self) -> int:
        """The place of the first resident who does not live alone."""
        return next(n for n, sample in enumerate(self.demo.said["samples"]) if len(sample["household"]) > 1)


def place_of(demo: Demo, number: int) -> Path:
    """Where a terminal of the demo keeps its journal and its tray."""
    return demo.data_dir / ("terminal" if number == 1 else f"terminal-{number}")


@contextmanager
def kiosk_up(demo: Demo, *more: str, number: int | None = None) -> Iterator[Kiosk]:
    """A terminal of the demo, stopped at the end; another one than before unless it is told which."""
    number = next(_NUMBERS) if number is None else number
    command = [sys.executable, "-m", "kiosk_server.cli", "terminal", "--demo", "--json", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data-dir", str(demo.data_dir), "--number", str(number), *more],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            yield Kiosk(demo, process, json.loads(process.stdout.readline())["url"], number)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(_MOST_SECONDS)


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-terminal-") as place,
        demo_up(Path(place) / "data", "--residents", "200", "--samples", "12") as running,
    ):
        yield running


@pytest.fixture(scope="package")
def kiosk(demo: Demo) -> Iterator[Kiosk]:
    with kiosk_up(demo) as running:
        yield running


@pytest.fixture(scope="package")
def browser() -> Iterator[WebDriver]:
    with chromium() as running:
        yield running


@pytest.fixture
def screen(browser: WebDriver, kiosk: Kiosk) -> Iterator[Screen]:
    """The screen at its start; what a test leaves is ended by taking the card and stopping."""
    opened = Screen(browser, kiosk.url).open().until("language")
    yield opened
    opened.open()
    if opened.step == "pay":
        opened.press("footer .back").until("confirm")
    if opened.step != "language":
        if opened.step != "card_left":
            opened.press("footer form:last-of-type button").until_one_of(("language", "card_left"))
        if opened.step == "card_left":
            opened.press(".demo [value=take]")
        opened.until("language")

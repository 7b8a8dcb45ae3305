"""A real terminal as docs/terminal.md sets it up: a service without any demo, a certificate of its own, a reader, a printer."""

import asyncio
import json
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.demo.jpki import make_demo_jpki
from kiosk_server.demo.virtual_card.card_file import counter_of, write_card
from kiosk_server.terminal.demo_desk import CardRack, SampleCard
from kiosk_server.terminal.journal import read_journal
from kiosk_server.terminal.words import LANGUAGES
from tests.cardauth.pcsc.daemon import Daemon
from tests.cli.command import ROOT, environment, kiosk
from tests.cli.installing import CITY, Site, site
from tests.cli.test_for_real import CARD, NAME, add_caller, bring_in_a_resident, install
from tests.terminal.city import NOW
from tests.terminal.fitting import faults
from tests.terminal.ipp import PaperTray
from tests.terminal.pcsc.test_reader import READER
from tests.terminal.screen import Screen

_MOST_SECONDS = 30
_REQUEST = re.compile(r"^ *openssl req .*$", re.MULTILINE)


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """A city where certificates are free, with one resident."""
    with tempfile.TemporaryDirectory(prefix="kiosk-real-") as directory, site(Path(directory)) as found:
        install(found, fee=0)
        asyncio.run(bring_in_a_resident(found))
        yield found


def set_up(place: Site, directory: Path, url: str, printer: str) -> Path:
    """What the page says: a key, a request, the authority's certificate, the file."""
    (line,) = _REQUEST.findall((ROOT / "docs" / "terminal.md").read_text(encoding="utf-8"))
    subprocess.run(shlex.split(line), cwd=directory, check=True, capture_output=True)
    certificate = place.authority.sign_client_request(directory / "terminal.csr")
    (directory / "terminal.pem").write_bytes(certificate.read_bytes())
    (directory / "service-ca.pem").write_bytes(place.authority.root.read_bytes())
    values = {"url": url, "reader": READER, "pin": "city", "printer": printer, "directory": "books"}
    text = (ROOT / "docs" / "terminal-example.toml").read_text(encoding="utf-8")
    for item, value in values.items():
        text = re.sub(rf'^{item} = "[^"]*"', f'{item} = "{value}"', text, flags=re.MULTILINE)
    file = directory / "terminal.toml"
    file.write_text(re.sub(r"^port = \d+", "port = 0", text, flags=re.MULTILINE), encoding="utf-8")
    return file


@contextmanager
def running(file: Path) -> Iterator[str]:
    """The terminal; its address. What it says on standard error goes to a file beside."""
    command = [sys.executable, "-m", "kiosk_server.cli", "terminal", "--settings", str(file), "--json"]
    with (file.parent / "terminal.err").open("w") as err:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=environment())
        assert process.stdout is not None
        with process.stdout:
            try:
                yield json.loads(process.stdout.readline())["url"]
            finally:
                process.terminate()
                assert process.wait(_MOST_SECONDS) == 0


def card_of_the_resident(directory: Path) -> Path:
    """Its own PIN is another than the city's, so that nobody can have mixed them up."""
    rack = CardRack([SampleCard(NAME, CARD.serial, "9999")], make_demo_jpki(CARD.issuer_key_id, NOW).current, NOW)
    path = directory / "card.json"
    write_card(path, rack.card(0).contents)
    return path


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_resident_takes_a_free_certificate_home_by_the_pin_of_the_city(
    readers: Daemon, place: Site, terminal_url: str, paper: PaperTray, browser: WebDriver, tmp_path: Path, language: str
) -> None:
    file = set_up(place, tmp_path, terminal_url, paper.uri)
    place.done(*add_caller(place, f"kiosk-{language}", tmp_path / "terminal.pem", "terminal"))
    card, wrong = card_of_the_resident(tmp_path), {}
    with running(file) as url:
        screen = Screen(browser, url).open().until("language")
        assert screen.run("return document.querySelector('.demo')") is None

        def look(step: str) -> None:
            if found := faults(screen):
                wrong[step] = found

        screen.next("language", language, "card")
        look("card")
        lying = readers.insert(card)
        screen.until("pin").type_pin("0000").go("refused")
        look("refused")
        screen.press("main button.go").until("pin")
        look("pin")
        screen.type_pin(CARD.pin).go("remove_card")
        lying.remove()
        screen.until("kind")
        look("kind")
        screen.press("button[value=resident_record]").until("options").press("main button.go")
        screen.until("copies").next("copies", "1", "confirm")
        look("confirm")
        screen.go("take")
        screen.press("footer button.go").until("language")
    assert wrong == {}
    assert (tmp_path / "terminal.err").read_text() == ""
    assert counter_of(card).read() == 3
    (sheet,) = paper.papers()
    assert NAME in text_of(sheet)
    assert [line["what"] for line in read_journal(tmp_path / "books" / "journal.jsonl")] == [
        "issued", "print_ended", "reported",
    ]  # fmt: skip
    where = ("--settings", place.settings, "--municipality-code", CITY)
    rows = json.loads(place.done("history", "list", "--json", *where))
    (row,) = [row for row in rows if row["caller_id"] == f"kiosk-{language}"]
    assert (row["state"], row["fee"]) == ("answered", 0)


def text_of(sheet: bytes) -> str:
    document = pypdfium2.PdfDocument(sheet)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_every_language_says_before_the_card_that_no_money_is_taken(
    readers: Daemon, place: Site, paper: PaperTray, browser: WebDriver, tmp_path: Path
) -> None:
    wrong = {}
    with running(set_up(place, tmp_path, "https://127.0.0.1:9", paper.uri)) as url:
        screen = Screen(browser, url).open().until("language")
        for language in LANGUAGES:
            screen.press(f"button[name=language][value={language.catalogue}]").until("card")
            wrong[language.catalogue] = faults(screen)
            assert len(screen.browser.find_elements("css selector", ".note")) == 1
            screen.press("footer .stop").until("language")
    assert not any(wrong.values()), wrong


def test_what_is_missing_is_said_at_the_start_and_the_terminal_serves_all_the_same(
    readers: Daemon, place: Site, terminal_url: str, browser: WebDriver, tmp_path: Path
) -> None:
    file = set_up(place, tmp_path, terminal_url, "ipp://127.0.0.1:9/ipp/print")
    file.write_text(file.read_text().replace(READER, "Some other reader"))
    with running(file) as url:
        screen = Screen(browser, url).open().until("language")
        _wait_for(tmp_path / "terminal.err", "not_your_city", "no line about the service")
        screen.next("language", "ja", "refused")
    said = (tmp_path / "terminal.err").read_text()
    assert "Some other reader" in said
    assert READER in said
    assert "The printer is not ready" in said


def test_a_service_that_is_not_there_is_said_with_what_to_look_at(readers: Daemon, place: Site, tmp_path: Path) -> None:
    file = set_up(place, tmp_path, "https://127.0.0.1:9", "ipp://127.0.0.1:9/ipp/print")
    with running(file):
        _wait_for(tmp_path / "terminal.err", "https://127.0.0.1:9: ", "no line about the service")


def test_two_terminals_do_not_share_a_directory(readers: Daemon, place: Site, tmp_path: Path) -> None:
    file = set_up(place, tmp_path, "https://127.0.0.1:9", "ipp://127.0.0.1:9/ipp/print")
    with running(file):
        second = kiosk("terminal", "--settings", file)
    assert second.returncode == NOT_DONE
    assert str(tmp_path / "books") in second.stderr


def _wait_for(file: Path, words: str, otherwise: str) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while words not in file.read_text():
        assert time.monotonic() < deadline, (otherwise, file.read_text())
        time.sleep(0.05)

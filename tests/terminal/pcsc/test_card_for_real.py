"""A real terminal by its file, with the card's own PIN: reader, mutual TLS, an authority that is no test's, a printer, paper.

Only the card is ours, and the authority that made it: both speak what the real ones speak.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.demo.jpki import DemoJpki, Profile, issue_user_certificate
from kiosk_server.demo.jpki.generations import authority_name, make_generation
from kiosk_server.demo.jpki.serving import Books
from kiosk_server.demo.jpki.thread import serving_authority
from kiosk_server.demo.virtual_card import CardContents
from kiosk_server.demo.virtual_card.card_file import counter_of, write_card
from tests.cardauth.pcsc.daemon import Daemon
from tests.cli.installing import CITY, Site, site
from tests.cli.test_for_real import CARD, NAME, add_caller, bring_in_a_resident, install
from tests.terminal.ipp import PaperTray
from tests.terminal.pcsc.test_for_real import running, set_up, text_of
from tests.terminal.screen import Screen

PIN = "9999"
"""The card's own: another than the city's, so that nobody can have mixed them up."""
_MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def books() -> Books:
    """An authority whose name says nothing of a demo or a test: production believes it, once it is told to."""
    began = datetime.now(UTC) - 12 * _MONTH
    ca = make_generation(CARD.issuer_key_id, 0x06D18006, began, name=authority_name("架空の認証局"))
    return Books(DemoJpki((ca,)), lambda: datetime.now(UTC))


@pytest.fixture(scope="module")
def place(books: Books) -> Iterator[Site]:
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-real-") as directory,
        site(Path(directory)) as found,
        serving_authority(books) as authority,
    ):
        install(found, fee=0)
        asyncio.run(bring_in_a_resident(found))
        anchors = found.path / "jpki.pem"
        anchors.write_bytes(books.jpki.anchors_pem)
        found.write_settings(JPKI_CA=anchors, JPKI_OCSP_URL=authority.ocsp_url)
        yield found


def card_in(directory: Path, books: Books) -> Path:
    """The resident's card, as the authority makes it."""
    key, ca = rsa.generate_private_key(public_exponent=65537, key_size=2048), books.jpki.current
    issued = issue_user_certificate(ca, key, Profile(int(CARD.serial), datetime.now(UTC) - _MONTH))
    path = directory / "card.json"
    write_card(path, CardContents(issued.der, ca.certificate.public_bytes(Encoding.DER), key, PIN))
    return path


def test_a_resident_takes_a_certificate_home_by_the_card_s_own_pin(
    readers: Daemon, place: Site, books: Books, terminal_url: str, paper: PaperTray, browser: WebDriver, tmp_path: Path
) -> None:
    file = set_up(place, tmp_path, terminal_url, paper.uri)
    file.write_text(file.read_text().replace('pin = "city"', 'pin = "card"'))
    place.done(*add_caller(place, "kiosk-card", tmp_path / "terminal.pem", "terminal"))
    card = card_in(tmp_path, books)
    with running(file) as url:
        screen = Screen(browser, url).open().until("language").next("language", "en", "card")
        lying = readers.insert(card)
        screen.until("pin").type_pin("0000").press("main button.go")
        screen.wait("return document.querySelector('.lead[role=alert]')")
        assert "Tries left: 2." in screen.text()
        assert counter_of(card).read() == 2
        screen.type_pin(PIN).go("remove_card")
        lying.remove()
        screen.until("kind").press("button[value=resident_record]").until("options").press("main button.go")
        screen.until("copies").next("copies", "1", "confirm").go("take")
        screen.press("footer button.go").until("language")
    assert (tmp_path / "terminal.err").read_text() == ""
    assert counter_of(card).read() == 3
    (sheet,) = paper.papers()
    assert NAME in text_of(sheet)
    where = ("--settings", place.settings, "--municipality-code", CITY)
    rows = json.loads(place.done("history", "list", "--json", *where))
    (row,) = [row for row in rows if row["caller_id"] == "kiosk-card"]
    assert (row["state"], row["fee"]) == ("answered", 0)
    assert books.asked == ["ocsp"]

"""The page itself: for everybody, on every screen, from the city's web site too; and what its policy keeps it from."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.chrome.webdriver import WebDriver

from issuance_db.seal_status import PlaceState
from keys.development_ca import make_development_ca
from keys.file_provider import FileKeyProvider, create_keys
from keys.purpose import Purpose
from kiosk_server.seal_publishing import publish
from pdf import FontChain
from tests.browser.browsing import Page
from tests.browser.conftest import OpenPage
from tests.browser.sheets import CITY, DAY, NOW, ONE, PLACE, Sheets, made, month_of, published

GENUINE = ("genuine_statement", "statement_issued")


class Quiet(SimpleHTTPRequestHandler):
    """A web server as cities have them."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that the library gave it)
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of what stands in `site` below `tmp_path`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "site")) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def keys(tmp_path: Path) -> FileKeyProvider:
    """Keys that a city made before it issued."""
    directory = tmp_path / "keys"
    made_at = NOW - 100 * DAY
    create_keys(directory, b"passphrase", marker="demo", ca=make_development_ca("DEMO", made_at), clock=lambda: made_at)
    return FileKeyProvider(directory, b"passphrase")


def test_what_the_city_publishes_works_as_a_site_and_asks_only_itself(
    browser: WebDriver, site: str, tmp_path: Path, fonts: FontChain, keys: FileKeyProvider
) -> None:
    sheet = made(ONE, fonts, keys.statement_signer(Purpose.VISIBLE_SEAL))
    places = [PlaceState(month_of(sheet.tokens[0]), PLACE.index, PLACE.secret, "issued")]
    publish(tmp_path / "site", CITY, places, keys, NOW, 2 * DAY, "見本市")
    page = Page.open(browser, tmp_path, f"{site}/{CITY}/verify/index.html")
    assert page.choose(sheet.file) == GENUINE
    assert page.complaints() == []
    assert {address.split("/")[2] for address in page.requests()} == {site.removeprefix("http://")}
    assert page.text(".city") == "見本市"
    alone = Page.open(browser, tmp_path, (tmp_path / "site" / CITY / "verify.html").as_uri())
    assert alone.choose(sheet.file) == GENUINE


def test_the_policy_lets_the_page_reach_nobody(open_file: OpenPage) -> None:
    page = open_file(published())
    policy = page.run("return document.querySelector('meta[http-equiv]').content")
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy
    assert "unsafe-inline" not in policy
    assert page.run("return fetch('data:,x').then(() => 'sent', () => 'refused')") == "refused"
    page.run("const image = new Image(); image.src = 'http://127.0.0.1:9/x'; document.body.append(image)")
    page.run(
        "const added = document.createElement('script'); added.textContent = 'window.ran = 1'; document.body.append(added)"
    )
    assert page.run("return window.ran") is None
    assert any("Content Security Policy" in complaint for complaint in page.complaints())


@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_is_cut_on_a_narrow_or_a_wide_screen(open_file: OpenPage, family: Sheets, width: int) -> None:
    page = open_file(published())
    page.choose(family.file)
    screen = {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    try:
        assert page.run("return document.documentElement.scrollWidth") <= width
        smallest = page.run(
            "return Math.min(...[...document.querySelectorAll('button')].filter(b => b.offsetHeight).map(b => b.offsetHeight))"
        )
        assert smallest >= 44
        assert (
            page.run("return parseFloat(getComputedStyle(document.querySelector('[data-fact=name] .value')).fontSize)")
            > 30
        )
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_screen_reader_hears_the_verdict_and_the_keyboard_reaches_everything(
    open_file: OpenPage, family: Sheets
) -> None:
    page = open_file(published())
    page.choose(family.file)
    assert page.run("return document.activeElement.id") == "verdict"
    assert page.run("return document.getElementById('verdict').ariaLive") == "assertive"
    assert page.run("return document.documentElement.lang") == "ja"
    assert page.run("return document.querySelector('.sign').getAttribute('aria-hidden')") == "true"
    page.run("document.body.focus(); document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = set()
    for _ in range(6):
        ActionChains(page.browser).send_keys(Keys.TAB).perform()
        reached.add(page.run("return document.activeElement.id || document.activeElement.localName"))
    assert {"scan", "files", "again", "summary"} <= reached


def test_the_verdict_is_there_in_print_and_the_buttons_are_not(open_file: OpenPage, family: Sheets) -> None:
    page = open_file(published())
    page.choose(family.file)
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert page.fact("name") == "葛󠄂西　花子"
        assert not page.run("return document.getElementById('scan').checkVisibility()")
    finally:
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_camera_that_is_refused_is_told(open_file: OpenPage) -> None:
    page = open_file(published())
    page.run("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    assert page.scan() == ("cannot_tell", "no_camera")


def test_a_camera_that_is_stopped_says_nothing_and_is_let_go(open_file: OpenPage) -> None:
    page = open_file(published())
    page.run(
        "window.film = document.createElement('canvas').captureStream(10);"
        "navigator.mediaDevices.getUserMedia = async () => window.film"
    )
    page.press("scan")
    page.press("stop")
    page.wait("return !document.getElementById('buttons').disabled")
    assert page.run("return window.film.getTracks()[0].readyState") == "ended"
    assert page.run("return document.getElementById('verdict').hidden && document.getElementById('camera').hidden")

"""One Chromium for the room; its camera is a film of a printed certificate."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from shutil import which

import pytest
from PIL import Image
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.verification_page import Published, single_file
from pdf import FontChain
from tests.browser.browsing import Page
from tests.browser.pictures import as_video, close_up, printed
from tests.browser.sheets import FAMILY, Sheets, made
from tests.pdf.conftest import fonts

__all__ = ["fonts"]
_NUMBERS = count()
OpenPage = Callable[[Published], Page]


@pytest.fixture(scope="session")
def family(fonts: FontChain) -> Sheets:
    """A certificate of two pages."""
    return made(FAMILY, fonts)


@pytest.fixture(scope="package")
def browser(family: Sheets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    chromium, driver = which("chromium"), which("chromedriver")
    if chromium is None or driver is None:
        pytest.fail("apt-get install --no-install-recommends chromium chromium-driver fonts-noto-cjk")
    table = Image.new("L", (1280, 720), 96)
    scenes = [table, *(close_up(page) for page in printed(family.file))]
    film = as_video(tmp_path_factory.mktemp("camera") / "certificate.mjpeg", scenes)
    with Chrome(_options(chromium, film), Service(driver)) as running:
        running.set_window_size(1000, 1100)
        yield running


def _options(chromium: str, film: Path) -> ChromeOptions:
    options = ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for argument in (
        "headless=new",
        "disable-dev-shm-usage",
        "use-fake-device-for-media-stream",
        "use-fake-ui-for-media-stream",
        f"use-file-for-fake-video-capture={film}",
    ):
        options.add_argument(f"--{argument}")
    if os.geteuid() == 0:
        # Chromium's sandbox refuses to start as root; it opens nothing here but our own page.
        options.add_argument("--no-sandbox")
    return options


@pytest.fixture
def open_file(browser: WebDriver, tmp_path: Path) -> Iterator[OpenPage]:
    """Opens the single file of what a city publishes, from the disk and with the network off."""

    def opened(published: Published) -> Page:
        file = tmp_path / f"verify-{next(_NUMBERS)}.html"
        file.write_bytes(single_file("見本市", published))
        return Page.open(browser, tmp_path, file.as_uri())

    browser.execute_cdp_cmd("Network.enable", {})
    _network(browser, offline=True)
    yield opened
    _network(browser, offline=False)


def _network(browser: WebDriver, *, offline: bool) -> None:
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

"""A city with its console, and a clerk's browser before a running demo."""

import json
import subprocess
from collections.abc import AsyncIterator

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.cli.command import Demo, kiosk
from tests.issuing.city import City
from tests.issuing.conftest import ashikaga, fed, keys, keys_directory, paper
from tests.staff.desk import Desk
from tests.staff.office import Office
from tests.staff.office import office as opened
from tests.terminal.conftest import browser, demo

__all__ = ["ashikaga", "browser", "demo", "fed", "keys", "keys_directory", "paper"]


@pytest.fixture
async def office(ashikaga: City) -> AsyncIterator[Office]:
    async with opened(ashikaga) as made:
        yield made


@pytest.fixture(scope="package")
def issued(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The number of a certificate that somebody was given."""
    sample, file = demo.said["samples"][0], tmp_path_factory.mktemp("issued") / "juminhyo.pdf"
    made: subprocess.CompletedProcess[str] = kiosk(
        "request", "--serial", sample["serial"], "-o", file, "--data-dir", demo.data_dir, given=f"{sample['pin']}\n"
    )
    assert made.returncode == 0, made.stderr
    listed = kiosk("history", "list", "--json", "--data-dir", demo.data_dir)
    return str(json.loads(listed.stdout)[0]["issuance_number"])


@pytest.fixture(scope="package")
def desk(browser: WebDriver, demo: Demo, issued: str) -> Desk:
    """Before a city that has issued something."""
    assert issued
    return Desk(browser, demo).resize(1280, 720)

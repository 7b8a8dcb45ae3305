"""Certificates of the demo's city on a printer of IPP, in front of a person: what comes out, and what they are told."""

import asyncio
import json
from pathlib import Path

from selenium.webdriver.chrome.webdriver import WebDriver

from kiosk_server.demo.city import MUNICIPALITY_CODE
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.web.client import CentreClient
from tests.cli.command import Demo, kiosk
from tests.terminal.conftest import kiosk_up
from tests.terminal.fitting import faults
from tests.terminal.ipp import ipp_printer
from tests.terminal.screen import Screen
from tests.terminal.test_receipt import text_of
from tests.terminal.walking import buy, identify, pay


def nobody(_step: str) -> None:
    """Look away."""


def test_the_paper_is_the_signed_certificate_and_the_city_hears_that_it_was_printed(
    demo: Demo, browser: WebDriver, tmp_path: Path
) -> None:
    with ipp_printer(tmp_path) as tray, kiosk_up(demo, "--printer", tray.uri) as terminal:
        screen = Screen(browser, terminal.url).open()
        identify(screen, "en", terminal.sample(0), 0, nobody)
        buy(screen, "resident_record", nobody)
        paper, receipt = tray.papers()
        assert "Please take the receipt too." in screen.text()
        screen.press("footer button.go").until("language")
        lines = (terminal.place / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert "領収書" in text_of(receipt)
    assert terminal.sample(0)["name"].split("\u3000")[1] not in text_of(receipt)
    file = tmp_path / "paper.pdf"
    file.write_bytes(paper)
    verified = kiosk("verify", file, "--data-dir", demo.data_dir)
    number = next(line["issuance_number"] for line in map(json.loads, reversed(lines)) if line["what"] == "issued")
    assert number in verified.stdout
    assert asyncio.run(outcome_of(demo, number)) == "printed"
    assert not list((DemoDirectory(demo.data_dir).path / "terminal").rglob(f"{number}*"))


async def outcome_of(demo: Demo, number: str) -> str | None:
    """What the city has heard of a certificate."""
    place, directory = "terminal", DemoDirectory(demo.data_dir)
    ours = (directory.ca, directory.certificate(place), directory.private_key(place))
    async with CentreClient(demo.said["terminal_url"], *ours) as client:
        return (await client.state(MUNICIPALITY_CODE, number)).outcome


def test_a_jam_gives_the_money_back_says_what_to_do_and_prints_nothing_twice(
    demo: Demo, browser: WebDriver, tmp_path: Path
) -> None:
    trouble = 'echo "STATE: +media-jam" >&2; sleep 1; exit 1'
    with ipp_printer(tmp_path, trouble) as tray, kiosk_up(demo, "--printer", tray.uri) as terminal:
        screen = Screen(browser, terminal.url).open()
        identify(screen, "ja", terminal.sample(0), 0, nobody)
        pay(screen, "resident_record", nobody)
        screen.until("refused")
        assert "紙が詰まり" in screen.text()
        assert "200円をお返しします" in screen.text(".note")
        assert faults(screen) == []
        assert tray.papers() == []
        screen.press("footer .stop").until("language")


def test_where_nobody_knows_the_screen_calls_the_staff_with_a_reference(
    demo: Demo, browser: WebDriver, tmp_path: Path
) -> None:
    with (
        ipp_printer(tmp_path, "kill -KILL $PPID; sleep 5") as tray,
        kiosk_up(demo, "--printer", tray.uri, "--printer-patience", "0.5") as terminal,
    ):
        screen = Screen(browser, terminal.url).open()
        identify(screen, "ja", terminal.sample(0), 0, nobody)
        pay(screen, "resident_record", nobody)
        screen.until("staff")
        assert faults(screen) == []
        last = json.loads((terminal.place / "journal.jsonl").read_text(encoding="utf-8").splitlines()[-1])
        assert (last["what"], last["yen"]) == ("left_to_staff", 200)
        reference = last["visit"][:8].upper()
        assert reference in screen.text()
        for told in ((reference.lower(),), ()):
            shown = kiosk("till", terminal.place, *told)
            assert shown.returncode == 0
            assert "left to the staff: 200円" in shown.stdout
            assert shown.stdout.startswith(f"{reference}\n")
        screen.press("footer .stop").until("language")
        screen.next("language", "ja", "refused")
        assert "今は印刷できません" in screen.text()

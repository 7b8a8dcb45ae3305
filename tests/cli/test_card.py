"""Specimen cards of the demo, as a person uses them."""

import contextlib
import fcntl
import io
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from cardauth.card import CardPin, JpkiCard, LastTryWord, PinMalformed
from kiosk_server.cli.entry import run
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.demo.jpki.generations import CaGeneration
from kiosk_server.demo.virtual_card import InProcessTransport, MemoryCounter, VirtualCard
from kiosk_server.demo.virtual_card.card_file import read_card
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from kiosk_server.web.client import CentreClient
from tests.cardauth.card.cards import Watched, card_key, contents, jpki
from tests.cardauth.trust.authority import certificate, real_looking
from tests.cli.command import Demo
from tests.cli.conftest import family

PIN = "4821\n"
WRONG = "7364\n"


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def kiosk(*arguments: str | Path, given: str = "") -> Done:
    """Run a command in this process: it is the same entry, and starting Python fifty times says nothing more."""
    out, err = io.StringIO(), io.StringIO()
    with patch("sys.stdin", io.StringIO(given)), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def card(demo: Demo) -> str:
    """The card of a family member, made anew."""
    serial: str = family(demo)["serial"]
    made = kiosk("card", "make", "--serial", serial, "--data-dir", demo.data_dir, given=PIN)
    assert (made.returncode, made.stdout) == (0, serial + "\n"), made.stderr
    return serial


def ask(demo: Demo, card: str, file: Path, given: str = PIN, *more: str) -> tuple[int, str]:
    done = kiosk("card", "ask", card, "--data-dir", demo.data_dir, "-o", file, *more, given=given)
    return done.returncode, done.stderr


def test_a_card_asks_without_a_reader_and_says_so(demo: Demo, card: str, tmp_path: Path) -> None:
    code, said = ask(demo, card, tmp_path / "by-card.pdf")
    assert code == 0, said
    assert "No reader: the specimen card runs inside this program" in said
    assert "no real My Number Card" in said
    assert (tmp_path / "by-card.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "by-card.pdf").stat().st_mode & 0o077 == 0


def test_the_cards_files_are_its_owners_alone(demo: Demo, card: str) -> None:
    modes = {path.stat().st_mode & 0o077 for path in (demo.data_dir / "cards").glob("*.json")}
    assert modes == {0}
    assert (demo.data_dir / "jpki").stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in (demo.data_dir / "jpki").iterdir()} == {0}


def test_wrong_pins_are_counted_and_the_last_try_needs_a_word(demo: Demo, card: str, tmp_path: Path) -> None:
    file = tmp_path / "none.pdf"
    for left in (2, 1):
        code, said = ask(demo, card, file, WRONG)
        assert (code, f"tries left: {left}" in said) == (NOT_DONE, True)
    code, said = ask(demo, card, file, WRONG)
    assert "One more wrong PIN locks the card" in said
    assert f"{card}\t1\t-" in kiosk("card", "list", "--data-dir", demo.data_dir).stdout
    code, said = ask(demo, card, file, WRONG, "--spend-last-try")
    assert "The card is locked" in said
    code, said = ask(demo, card, file)
    assert (code, "The card is locked" in said) == (NOT_DONE, True)
    assert "locked" in kiosk("card", "list", "--data-dir", demo.data_dir).stdout
    assert not file.exists()


def test_a_card_of_nobody_in_the_city_is_refused_by_the_server(demo: Demo, tmp_path: Path) -> None:
    assert kiosk("card", "make", "--serial", "999999999998", "--data-dir", demo.data_dir, given=PIN).returncode == 0
    code, said = ask(demo, "999999999998", tmp_path / "none.pdf")
    assert code in {ANSWER_IS_NO, NOT_DONE}
    assert "not_identified" in said


def test_a_card_of_the_other_generation_is_another_card(demo: Demo, card: str, tmp_path: Path) -> None:
    told = ("--serial", card, "--generation", "1", "--data-dir", demo.data_dir)
    assert kiosk("card", "make", *told, given=PIN).returncode == 0
    code, said = ask(demo, card, tmp_path / "none.pdf")
    assert (code != 0, "not_identified" in said) == (True, True)


def test_a_revoked_card_is_refused(demo: Demo, tmp_path: Path) -> None:
    serial = demo.said["samples"][-1]["serial"]
    assert (
        kiosk("card", "make", "--serial", serial, "--key", "p384", "--data-dir", demo.data_dir, given=PIN).returncode
        == 0
    )
    assert kiosk("card", "revoke", serial, "--data-dir", demo.data_dir).returncode == 0
    code, said = ask(demo, serial, tmp_path / "none.pdf")
    assert (code != 0, "not_identified" in said) == (True, True)


@contextmanager
def lying(card: VirtualCard) -> Iterator[Watched]:
    """The card on whatever reader is named."""
    watched = Watched(InProcessTransport(card))
    with patch("kiosk_server.cli.card.connected", lambda _reader: contextlib.nullcontext(watched)):
        yield watched


@pytest.mark.parametrize("issuer", [real_looking, lambda: jpki().current], ids=["real-looking", "of another demo"])
def test_a_card_that_is_no_specimen_of_this_demo_gets_no_pin_and_none_is_asked_for(
    demo: Demo, tmp_path: Path, issuer: Callable[[], CaGeneration]
) -> None:
    genuine = contents(certificate=certificate(issuer()), private_key=card_key())
    told = ("--reader", "any", "--data-dir", demo.data_dir, "-o", tmp_path / "none.pdf")
    for given in (PIN, ""):
        with lying(VirtualCard(genuine, MemoryCounter())) as reader:
            done = kiosk("card", "ask", *told, given=given)
        assert (done.returncode, "no PIN was sent to it" in done.stderr) == (NOT_DONE, True), done.stderr
        assert (reader.tries, bool(reader.sent)) == (0, True)


def test_a_specimen_on_a_reader_asks_and_its_pin_is_wiped_before_the_server_is_asked(
    demo: Demo, card: str, tmp_path: Path
) -> None:
    found, behaviour = read_card(demo.data_dir / "cards" / f"{card}.json")
    pins: list[CardPin] = []
    wiped: list[bool] = []
    sign, issue = JpkiCard.sign, CentreClient.issue

    def signing(self: JpkiCard, pin: CardPin, message: bytes, *, last_try: LastTryWord | None = None) -> bytes:
        pins.append(pin)
        return sign(self, pin, message, last_try=last_try)

    async def issuing(self: CentreClient, request: IssuanceRequest) -> Certificate:
        with pytest.raises(PinMalformed):
            pins[0].append_to(bytearray())
        wiped.append(True)
        return await issue(self, request)

    told = ("--reader", "any", "--data-dir", demo.data_dir, "-o", tmp_path / "by-reader.pdf")
    with (
        lying(VirtualCard(found, MemoryCounter(), behaviour)),
        patch.object(JpkiCard, "sign", signing),
        patch.object(CentreClient, "issue", issuing),
    ):
        done = kiosk("card", "ask", *told, given=PIN)
    assert (done.returncode, wiped) == (0, [True]), done.stderr


@contextmanager
def inserted(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A card that a process of its own has laid into a reader which only listens."""
    with socket.create_server(("127.0.0.1", 0)) as reader:
        told = ("card", "insert", str(path), "--port", str(reader.getsockname()[1]))
        with subprocess.Popen([sys.executable, "-m", "kiosk_server.cli", *told], stderr=subprocess.DEVNULL) as process:
            try:
                with reader.accept()[0]:
                    yield process
            finally:
                process.kill()


def test_an_inserted_card_is_listed_lies_in_one_reader_and_is_taken_out(demo: Demo, card: str) -> None:
    here = ("--data-dir", demo.data_dir)
    with inserted(demo.data_dir / "cards" / f"{card}.json") as process:
        assert f"{card}\t3\t挿入中" in kiosk("card", "list", *here).stdout
        assert "lies in a reader already" in kiosk("card", "insert", card, *here).stderr
        assert kiosk("card", "remove", card, *here).returncode == 0
        assert process.wait(20) == 0
    assert f"{card}\t3\t-" in kiosk("card", "list", *here).stdout
    assert "lies in no reader" in kiosk("card", "remove", card, *here).stderr


def test_who_was_an_inserter_once_is_not_signalled_while_somebody_else_looks(demo: Demo, card: str) -> None:
    note = demo.data_dir / "cards" / f"{card}.inserted"
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander,
        note.open("w") as file,
    ):
        file.write(str(bystander.pid))
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        done = kiosk("card", "remove", card, "--data-dir", demo.data_dir)
        assert bystander.poll() is None
        bystander.communicate(b"\n", timeout=20)
    assert (done.returncode, "lies in no reader" in done.stderr) == (NOT_DONE, True)
    assert bystander.returncode == 0


@pytest.mark.parametrize("pin", ["123\n", "12345\n", "12a4\n"])
def test_a_card_is_not_made_with_a_pin_that_none_has(demo: Demo, pin: str) -> None:
    done = kiosk("card", "make", "--serial", "77", "--data-dir", demo.data_dir, given=pin)
    assert (done.returncode, "four digits" in done.stderr) == (NOT_DONE, True)


def test_a_malformed_pin_never_reaches_the_card(demo: Demo, card: str, tmp_path: Path) -> None:
    code, said = ask(demo, card, tmp_path / "none.pdf", "12345\n")
    assert (code, "four digits" in said) == (NOT_DONE, True)
    assert f"{card}\t3\t-" in kiosk("card", "list", "--data-dir", demo.data_dir).stdout


def test_what_is_missing_is_told(demo: Demo, card: str, tmp_path: Path) -> None:
    here = ("--data-dir", str(demo.data_dir))
    for told, answer in {
        ("make", "--serial", "77", "--data-dir", str(tmp_path / "nowhere")): "Start kiosk up --demo first",
        ("insert", card, "--port", "1", *here): "There is no virtual reader",
        ("insert", "nobody", *here): "There is no such card",
        ("remove", card, *here): "lies in no reader",
        ("ask", *here): "There is no such card",
    }.items():
        done = kiosk("card", *told, given=PIN)
        assert (done.returncode, answer in done.stderr) == (NOT_DONE, True), done.stderr


def test_a_demo_keeps_its_authority_and_its_cards(demo: Demo, card: str) -> None:
    anchors = (demo.data_dir / "jpki" / "ca.pem").read_text()
    assert anchors.count("BEGIN CERTIFICATE") == 2
    assert "4821" not in "".join(path.read_text(errors="replace") for path in (demo.data_dir / "logs").iterdir())

"""The settings file of a real terminal: read whole, every fault told with its place and the way out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from keys.development_ca import issue_client_certificate, make_development_ca
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.issuing.request import Terminal
from kiosk_server.terminal.settings import TerminalSettings, TerminalSettingsWrong, read_terminal_settings
from tests.cli.authority import Authority
from tests.cli.command import ROOT, kiosk

EXAMPLE = (ROOT / "docs" / "terminal-example.toml").read_text(encoding="utf-8")
ITEMS = [line.split(" = ")[0] for line in EXAMPLE.splitlines() if " = " in line and not line.startswith("#")]
WITH_DEFAULTS = {"port", "printer_patience", "user_id"}
NOW = datetime.now(UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The example with the files that it names beside it."""
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue_tls("terminal", ExtendedKeyUsageOID.CLIENT_AUTH)
    (tmp_path / "service-ca.pem").write_bytes(authority.root.read_bytes())
    (tmp_path / "terminal.pem").write_bytes(certificate.read_bytes())
    private(tmp_path / "terminal.key", key.read_bytes())
    (tmp_path / "terminal.toml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


def private(path: Path, content: bytes) -> None:
    path.touch(0o600)
    path.write_bytes(content)


def read(place: Path, now: datetime = NOW) -> TerminalSettings:
    return read_terminal_settings(place / "terminal.toml", lambda: now)


def faults(place: Path, now: datetime = NOW) -> list[str]:
    with pytest.raises(TerminalSettingsWrong) as caught:
        read(place, now)
    head, *lines = str(caught.value).splitlines()
    assert str(place / "terminal.toml") in head
    return [line.strip() for line in lines]


def test_the_example_of_the_documentation_is_a_terminal(place: Path) -> None:
    said = read(place)
    assert said.terminal == Terminal("足利市", "本庁舎1階", "1")
    assert (said.pin, said.printer_patience, said.port) == ("card", 20, 8480)
    assert (said.trust.certificate, said.directory) == (place / "terminal.pem", Path("/var/lib/kiosk-terminal"))


@pytest.mark.parametrize("item", sorted(set(ITEMS) - WITH_DEFAULTS))
def test_an_item_that_is_not_there_is_named(place: Path, item: str) -> None:
    left = [line for line in EXAMPLE.splitlines() if not line.startswith(f"{item} = ")]
    (place / "terminal.toml").write_text("\n".join(left), encoding="utf-8")
    (fault,) = faults(place)
    assert fault.startswith(f"{item}: ありません。")


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("url", '"http://kiosk.city.example:8444"'),
        ("url", '"https://kiosk.city.example:8444/v1"'),
        ("url", '"https://kiosk.city.example:70000"'),
        ("municipality_code", '"092028"'),
        ("printer", '"http://printer/ipp/print"'),
        ("printer", '"ipp://user@printer/ipp/print"'),
        ("printer", '"ipp://printer:70000/ipp/print"'),
        ("pin", '"none"'),
        ("user_id", '"yes"'),
        ("payment", '"simulated"'),
        ("reader", '""'),
        ("port", "70000"),
        ("printer_patience", "0"),
    ],
)
def test_a_value_that_cannot_be_is_named(place: Path, item: str, value: str) -> None:
    changed = [f"{item} = {value}" if line.startswith(f"{item} = ") else line for line in EXAMPLE.splitlines()]
    (place / "terminal.toml").write_text("\n".join(changed), encoding="utf-8")
    (fault,) = faults(place)
    assert fault.startswith(f"{item}: ")


def test_what_is_no_item_or_no_toml_is_said(place: Path) -> None:
    (place / "terminal.toml").write_text(f"{EXAMPLE}\nprinterr = 1\n", encoding="utf-8")
    assert faults(place) == [
        "printerr: そのような項目はありません。綴りを確かめてください。 / There is no such item; look at its spelling."
    ]
    (place / "terminal.toml").write_text("url = \n", encoding="utf-8")
    assert "TOML" in faults(place)[0]


def spoilt_key(place: Path) -> None:
    (place / "terminal.key").chmod(0o640)


def foreign_key(place: Path) -> None:
    authority = Authority(place / "other")
    private(place / "terminal.key", authority.issue_tls("x", ExtendedKeyUsageOID.CLIENT_AUTH)[1].read_bytes())


def demo_certificate(place: Path) -> None:
    ca = make_development_ca("見本", NOW)
    issued = issue_client_certificate(ca, "terminal", NOW)
    (place / "terminal.pem").write_bytes(issued.certificate_pem)
    private(place / "terminal.key", issued.private_key_pem)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda place: (place / "service-ca.pem").unlink(), "ca_file: .*PEM"),
        (lambda place: (place / "terminal.pem").write_text("x"), "certificate: .*PEM"),
        (lambda place: (place / "terminal.key").unlink(), "private_key: .*PEM"),
        (spoilt_key, "private_key: .*chmod 600"),
        (foreign_key, "private_key: .*not the key of the certificate"),
        (demo_certificate, "certificate: .*kiosk terminal --demo"),
    ],
    ids=["no CA", "no certificate", "no key", "open key", "foreign key", "demo"],
)
def test_a_file_that_does_not_fit_is_said_with_the_way_out(
    place: Path, spoil: Callable[[Path], object], expected: str
) -> None:
    spoil(place)
    (fault,) = faults(place)
    assert re.match(expected, fault)


def test_a_certificate_that_has_ended_is_said(place: Path) -> None:
    (fault,) = faults(place, NOW + timedelta(days=400))
    assert "kiosk caller add" in fault


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "--settings"),
        (("--demo", "--settings", "x.toml"), "--settings"),
        (("--settings", "x.toml", "--port", "0"), "ファイルに書いて"),
        (("--settings", "nowhere.toml"), "nowhere.toml"),
        (("--demo", "--data-dir", "nowhere"), "kiosk up --demo"),
    ],
)
def test_a_command_that_cannot_start_a_terminal_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    finished = kiosk("terminal", *arguments, cwd=tmp_path)
    assert finished.returncode == NOT_DONE
    assert expected in finished.stderr

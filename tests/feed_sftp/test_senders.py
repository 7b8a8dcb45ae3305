"""Which keys a city may put into its directory, and what is said of those that it may not."""

import shutil
import subprocess
from ipaddress import ip_address
from pathlib import Path

import asyncssh
import pytest

from kiosk_server.feed_sftp.guard import Guard, address_of
from kiosk_server.feed_sftp.host_key import fingerprint, make_host_key, public_line, read_host_key
from kiosk_server.feed_sftp.limits import Limits
from kiosk_server.feed_sftp.senders import SftpSenderTwice, SftpSenderUnreadable, sftp_senders_in
from kiosk_server.settings import SettingsInvalid
from tests.feed_sftp.drops import LIMIT, OTHER_CITY, Port, run
from tests.sync.registry_rows import CITY

_KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen: apt-get install openssh-client"


def made(place: Path, *options: str) -> Path:
    """A key that OpenSSH itself made."""
    key = place / "_".join(options)
    subprocess.run((_KEYGEN, "-q", "-N", "", *options, "-f", str(key)), check=True)
    return key


@pytest.mark.parametrize(
    "options",
    [("-t", "ed25519"), ("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "521"), ("-t", "rsa", "-b", "3072")],
)
def test_keys_as_openssh_makes_them_are_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    public = made(tmp_path, *options).with_suffix(".pub").read_text(encoding="ascii")
    (tmp_path / "senders").mkdir()
    (tmp_path / "senders" / "vendor.pub").write_text(f'# seals\n\nfrom="192.0.2.0/24,2001:db8::/32" {public}')
    (sender,) = sftp_senders_in({CITY: tmp_path / "senders"}).values()
    key = asyncssh.import_public_key(public).public_data
    may = [sender.may_use(key, ip_address(address)) for address in ("192.0.2.7", "2001:db8::1", "198.51.100.1")]
    assert (sender.municipality_code, sender.name, may) == (CITY, "vendor", [True, True, False])
    assert not sender.may_use(key + b"x", ip_address("192.0.2.7"))


@pytest.mark.parametrize(
    "text",
    [
        "", "# none\n", "nothing", "ssh-dss AAAA", 'command="id" {key}', 'from="somewhere" {key}', "from=192.0.2.1 {key}", "{key}\nssh-ed25519 AAAA",
        "ssh-rsa {key}", "sk-ssh-ed25519@openssh.com AAAA", "cert-authority {key}", "印鑑 {key}",
    ],
)  # fmt: skip
def test_what_is_no_key_is_told_by_its_file(tmp_path: Path, text: str) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode().strip()
    (tmp_path / "vendor.pub").write_text(text.format(key=key), encoding="utf-8")
    with pytest.raises(SftpSenderUnreadable, match=r"vendor\.pub"):
        sftp_senders_in({CITY: tmp_path})


def test_a_short_rsa_key_and_a_name_that_is_none_are_refused(tmp_path: Path) -> None:
    short = made(tmp_path, "-t", "rsa", "-b", "2048").with_suffix(".pub")
    (tmp_path / "short").mkdir()
    short.rename(tmp_path / "short" / "vendor.pub")
    with pytest.raises(SftpSenderUnreadable):
        sftp_senders_in({CITY: tmp_path / "short"})
    (tmp_path / "named").mkdir()
    made(tmp_path, "-t", "ed25519").with_suffix(".pub").rename(tmp_path / "named" / "a b.pub")
    with pytest.raises(SftpSenderUnreadable, match="a b"):
        sftp_senders_in({CITY: tmp_path / "named"})


def test_a_name_is_of_one_city(port: Port) -> None:
    senders = port.place / "senders"
    with pytest.raises(SftpSenderTwice):
        sftp_senders_in({CITY: senders, OTHER_CITY: senders})


async def test_an_rsa_key_signs_with_sha2_alone(port: Port) -> None:
    key = made(port.place, "-t", "rsa", "-b", "3072")
    (port.place / "senders" / "rsa.pub").write_bytes(key.with_suffix(".pub").read_bytes())
    key.rename(port.place / "rsa")
    senders = sftp_senders_in({CITY: port.place / "senders"})
    # The port reads its senders at its start; here a sender is added to those that it has.
    port.senders.update(senders)
    assert await port.batch("ls", sender="rsa") == (0, "sftp> ls\nreceipts  \n")
    old = port.openssh("ssh", "-o", "PubkeyAcceptedAlgorithms=ssh-rsa", "127.0.0.1", sender="rsa")
    assert (await run(old))[0] == 255


def test_the_host_key_is_made_once_and_of_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    made_now = make_host_key(file)
    assert (public_line(read_host_key(file)), file.stat().st_mode & 0o777) == (public_line(made_now), 0o600)
    with pytest.raises(FileExistsError):
        make_host_key(file)
    told = subprocess.run((_KEYGEN, "-l", "-f", str(file)), capture_output=True, text=True, check=True)
    assert told.stdout.split()[1] == fingerprint(made_now)
    file.chmod(0o640)
    with pytest.raises(SettingsInvalid, match="chmod 600"):
        read_host_key(file)


def test_a_host_key_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "key"
    locked = tmp_path / "locked"
    subprocess.run((_KEYGEN, "-q", "-t", "ed25519", "-N", "passphrase", "-f", str(locked)), check=True)
    for text in (
        "nothing",
        locked.read_text(encoding="ascii"),
        made(tmp_path, "-t", "ecdsa").read_text(encoding="ascii"),
    ):
        file.write_text(text, encoding="ascii")
        file.chmod(0o600)
        with pytest.raises(SettingsInvalid, match="sftp-key"):
            read_host_key(file)


def test_failures_count_for_the_whole_network_of_a_customer_and_pass() -> None:
    now = [0.0]
    guard = Guard(Limits(LIMIT, failures=2, throttle_seconds=60), lambda: now[0])
    for address in ("2001:db8::1", "2001:db8::2"):
        assert guard.admit(address_of(address))
        guard.leave(address_of(address), None)
        guard.failed(address_of(address))
    assert not guard.admit(address_of("2001:db8::3%eth0"))
    assert guard.admit(address_of("2001:db8:0:1::1"))
    now[0] = 60.0
    assert guard.admit(address_of("2001:db8::3"))


def test_where_failures_came_from_is_not_remembered_without_end() -> None:
    guard = Guard(Limits(LIMIT, failures=1))
    for number in range(5000):
        guard.failed(address_of(f"10.0.{number // 256}.{number % 256}"))
    assert guard.admit(address_of("10.0.0.0"))
    assert not guard.admit(address_of("::ffff:10.0.19.135"))


def test_one_address_does_not_take_every_place() -> None:
    guard = Guard(Limits(LIMIT, connections=3, connections_of_address=2))
    one, other = address_of("192.0.2.1"), address_of("192.0.2.2")
    assert [guard.admit(address) for address in (one, one, one, other, other)] == [True, True, False, True, False]
    guard.leave(one, None)
    assert [guard.admit(address) for address in (other, one)] == [True, False]

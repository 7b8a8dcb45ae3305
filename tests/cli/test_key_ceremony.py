"""`kiosk keys ceremony`: two persons make, open and hand over the keys; one alone does nothing, and the record tells of a change."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509

from keys.ceremony_record import key_of_record
from keys.errors import WrongPassphrase
from keys.file_provider import FileKeyProvider
from keys.purpose import Purpose
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.cli.keys import keys
from tests.cli.command import kiosk

KOU, OTSU, HEI, TEI = "甲の長い長い秘密です", "乙は another secret", "丙がこれから持つ秘密", "丁がこれから持つ秘密"
SUBJECT = ("--organisation", "足利市", "--common-name", "足利市長")


class Site:
    """Where the keys, the secrets of the persons and the records of one city lie."""

    def __init__(self, path: Path, memory: Path) -> None:
        self.path = path
        self.keys = path / "keys"
        self.passphrase = memory / "passphrase"
        for name, secret in {"kou": KOU, "otsu": OTSU, "hei": HEI, "tei": TEI}.items():
            (path / name).touch(0o600)
            (path / name).write_text(secret)

    @property
    def where(self) -> tuple[str | Path, ...]:
        return "--keys-directory", self.keys, "--passphrase-file", self.passphrase

    def two(self, one: str = "kou", other: str = "otsu", option: str = "") -> tuple[str | Path, ...]:
        names = (f"--{option}by", "甲" if one == "kou" else "丙", f"--{option}by", "乙" if other == "otsu" else "丁")
        return *names, f"--{option}share-file", self.path / one, f"--{option}share-file", self.path / other

    def make(self, given: str = "y\ny\n", *, persons: Sequence[str | Path] | None = None) -> tuple[int, str]:
        out = ("--record", self.path / "record.txt", "--request-out", self.path / "request.pem")
        done = kiosk("keys", "ceremony", "make", *self.where, *(persons or self.two()), *SUBJECT, *out, given=given)
        return done.returncode, done.stdout + done.stderr

    def open(self, *persons: str | Path) -> tuple[int, str]:
        done = kiosk("keys", "ceremony", "open", *self.where, *(persons or self.two()))
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
        yield Site(tmp_path, Path(memory))


@pytest.fixture
def made(site: Site) -> Site:
    code, said = site.make()
    assert code == 0, said
    return site


def test_two_persons_make_the_keys_a_request_and_a_record(made: Site) -> None:
    record = (made.path / "record.txt").read_text()
    assert "persons: 甲, 乙" in record
    assert "it did not open with the secret of 甲 alone" in record
    request = x509.load_pem_x509_csr((made.path / "request.pem").read_bytes())
    assert request.is_signature_valid
    content = json.loads((made.keys / "keys.json").read_text())
    for entry in content["keys"]:
        assert f"{entry['purpose']} {entry['version']}: " in record
    for secret in (KOU, OTSU):
        assert secret not in record
        with pytest.raises(WrongPassphrase):
            FileKeyProvider(made.keys, secret.encode())
    assert not made.passphrase.exists(), "the joint passphrase is nowhere before it is opened"
    assert [path.name for path in made.path.iterdir() if path.name.startswith(".")] == []


def test_both_open_the_keys_into_memory_and_one_alone_does_not(made: Site) -> None:
    code, said = made.open()
    assert code == 0, said
    provider = FileKeyProvider(made.keys, made.passphrase.read_bytes())
    assert provider.secret(Purpose.PIN).version == 1
    made.passphrase.unlink()
    swapped = made.open(
        "--by", "乙", "--by", "甲", "--share-file", made.path / "otsu", "--share-file", made.path / "kou"
    )
    assert swapped[0] == 0
    made.passphrase.unlink()
    kou = made.path / "kou"
    for persons, why in [
        (("--by", "甲", "--share-file", kou), "two persons"),
        (("--by", "甲", "--by", "乙", "--share-file", kou, "--share-file", kou), "same secret"),
        (("--by", "甲", "--by", " 甲", "--share-file", kou, "--share-file", made.path / "otsu"), "two persons"),
        (made.two(other="hei"), "passphrase of the key file is wrong"),
    ]:
        code, said = made.open(*persons)
        assert (code, why in said) == (NOT_DONE, True), said
        assert not made.passphrase.exists()


def test_a_passphrase_is_not_written_to_a_disk_unless_told(made: Site, tmp_path: Path) -> None:
    made.passphrase = Path("/var/tmp") / f"kiosk-{tmp_path.name}"  # noqa: S108 - a place that is on a disk
    code, said = made.open()
    assert code == NOT_DONE
    assert "not in memory" in said
    assert not made.passphrase.exists()


def test_what_one_of_them_does_not_confirm_leaves_nothing(site: Site) -> None:
    code, said = site.make("y\nn\n")
    assert code == NOT_DONE
    assert "Nothing was kept" in said
    assert not (site.keys / "keys.json").exists()
    assert not (site.path / "record.txt").exists()
    assert [path.name for path in site.path.iterdir() if "keys" in path.name] == []


def test_secrets_that_are_alike_or_short_make_nothing(site: Site) -> None:
    (site.path / "short").touch(0o600)
    (site.path / "short").write_text("short")
    names, kou = ("--by", "甲", "--by", "乙"), ("--share-file", site.path / "kou")
    for other, why in (("kou", "same secret"), ("short", "too short")):
        code, said = site.make(persons=(*names, *kou, "--share-file", site.path / other))
        assert (code, why in said) == (NOT_DONE, True), said
    assert not site.keys.exists()


def test_the_record_is_verified_by_the_printed_key_and_by_the_secrets_and_a_change_is_found(made: Site) -> None:
    record = made.path / "record.txt"
    key = key_of_record(record.read_text())
    verify = ("keys", "ceremony", "verify", record)
    assert kiosk(*verify, "--key", key).returncode == 0
    assert kiosk(*verify, *made.two()).returncode == 0
    assert kiosk(*verify, *made.two(other="hei")).returncode == 1
    assert kiosk(*verify, "--key", key[::-1]).returncode == 1
    record.write_text(record.read_text().replace("甲, 乙", "甲, 戊"))
    altered = kiosk(*verify, "--key", key)
    assert (altered.returncode, "was altered" in altered.stderr) == (NOT_DONE, True)


def test_the_keys_are_handed_over_and_stay_the_same(made: Site) -> None:
    assert made.open()[0] == 0
    before = FileKeyProvider(made.keys, made.passphrase.read_bytes()).secret(Purpose.PIN).material
    new = made.two("hei", "tei", option="new-")
    record, previous = ("--record", made.path / "second.txt"), ("--previous", made.path / "record.txt")
    done = kiosk("keys", "ceremony", "change", *made.where, *made.two(), *new, *record, *previous, given="y\ny\n")
    assert done.returncode == 0, done.stderr
    with pytest.raises(WrongPassphrase):
        FileKeyProvider(made.keys, made.passphrase.read_bytes())
    assert made.open()[0] == NOT_DONE
    assert made.open(*made.two("hei", "tei"))[0] == 0
    assert FileKeyProvider(made.keys, made.passphrase.read_bytes()).secret(Purpose.PIN).material == before
    second = (made.path / "second.txt").read_text()
    assert "record before: " in second
    assert "those before: 甲, 乙" in second


def test_no_keys_are_kept_without_their_record(site: Site) -> None:
    (site.path / "record.txt").touch()
    code, said = site.make()
    assert code == NOT_DONE, said
    assert not site.keys.exists()


def test_no_keys_are_handed_over_without_a_record(made: Site) -> None:
    before, taken = (made.keys / "keys.json").read_bytes(), (made.path / "record.txt").read_text()
    new = made.two("hei", "tei", option="new-")
    record = ("--record", made.path / "record.txt")
    done = kiosk("keys", "ceremony", "change", *made.where, *made.two(), *new, *record, given="y\ny\n")
    assert done.returncode == NOT_DONE
    assert (made.keys / "keys.json").read_bytes() == before
    assert (made.path / "record.txt").read_text() == taken


def test_a_name_that_no_certificate_can_hold_is_refused(site: Site) -> None:
    out = ("--record", site.path / "record.txt", "--request-out", site.path / "request.pem")
    subject = ("--organisation", "市" * 65, "--common-name", "足利市長")
    done = kiosk("keys", "ceremony", "make", *site.where, *site.two(), *subject, *out, given="y\ny\n")
    assert (done.returncode, "1 to 64 characters" in done.stderr) == (NOT_DONE, True)
    assert not site.keys.exists()


def test_what_is_typed_is_asked_twice_and_shown_to_nobody(site: Site) -> None:
    typed = f"{KOU}\n{KOU}\n{OTSU}\n{OTSU}\n{KOU}\ny\n{OTSU}\ny\n"
    out = ("--record", site.path / "record.txt", "--request-out", site.path / "request.pem")
    told = ["ceremony", "make", *site.where, "--by", "甲", "--by", "乙", *SUBJECT, *out]
    done = CliRunner().invoke(keys, [str(word) for word in told], input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert KOU not in done.output
    assert OTSU not in done.output
    assert (site.keys / "keys.json").exists()


def test_a_backup_is_made_and_restored_by_command(made: Site, tmp_path: Path) -> None:
    assert made.open()[0] == 0
    (tmp_path / "safe").mkdir()
    assert kiosk("keys", "backup", *made.where, "--to", tmp_path / "safe").returncode == 0
    (copy,) = (tmp_path / "safe").iterdir()
    made.keys.rename(tmp_path / "lost")
    wrong = kiosk("keys", "restore", copy, "--keys-directory", made.keys, "--passphrase-file", made.path / "kou")
    assert (wrong.returncode, made.keys.exists()) == (NOT_DONE, False)
    assert kiosk("keys", "restore", copy, *made.where).returncode == 0
    assert FileKeyProvider(made.keys, made.passphrase.read_bytes()).versions(Purpose.PIN) == (1,)
    (tmp_path / "safe" / "base.tar.gz").touch()
    refused = kiosk("keys", "backup", *made.where, "--to", tmp_path / "safe")
    assert (refused.returncode, "does not belong there" in refused.stderr) == (NOT_DONE, True)

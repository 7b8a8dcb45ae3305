"""From an empty database to a certificate, with commands only: production keys, somebody else's authority, no demo."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
import pypdfium2
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from cardauth import UserCertificate, hash_pin
from civil.calendar import jst_date
from civil.check_digits import resident_code
from civil.clock import utc_now
from civil.recorded_date import RecordedDate
from civil.sex import Sex
from issuance_db.credentials import NewCredential, register_credentials
from issuance_db.pins import register_pin
from issuance_db.roles import ROLES
from keys.development_ca import issue_client_certificate, make_development_ca
from keys.file_provider import FileKeyProvider, create_keys
from keys.purpose import Purpose
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from pdf.visible_seal.published_keys import read_keys
from pdf.visible_seal.status_list import read_status_list
from registry.residents import IncomingPerson, PersonRecord, RegistryKeys, load_initial, number_of
from tests.cli.command import ROOT, service_up
from tests.cli.installing import CITY, MAYOR, Site, site

NAME = "架空　一郎"
CARD = UserCertificate("ab" * 20, "4711", "2580")
LONG_AGO = RecordedDate(date(2001, 4, 2))


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="kiosk-real-") as directory, site(Path(directory)) as found:
        yield found


@pytest.fixture(scope="module")
def installed(place: Site) -> Site:
    return install(place)


def install(place: Site, *, fee: int = 200) -> Site:
    """Everything of docs/operations.md, "Setting it up"."""
    place.done("db", "migrate", "--database-url", place.admin_url)
    place.done("db", "passwords", "--database-url", place.admin_url, "--role-passwords", place.passwords)
    place.write_settings()
    where = ("--keys-directory", place.keys, "--passphrase-file", place.passphrase)
    request = place.path / "request.pem"
    subject = ("--organisation", "足利市", "--common-name", "足利市長")
    place.done("keys", "create", *where, *subject, "--request-out", request)
    place.done(
        "keys", "install", "--settings", place.settings, place.authority.sign_request(request), place.authority.root
    )
    place.done("city", "apply", place.write_city(fee=fee), "--settings", place.settings)
    certificate, _ = place.authority.issue_tls("centre", ExtendedKeyUsageOID.CLIENT_AUTH)
    place.done(*add_caller(place, "centre", certificate))
    return place


def add_caller(place: Site, caller_id: str, certificate: Path, channel: str = "centre") -> tuple[str | Path, ...]:
    who = ("--caller-id", caller_id, "--channel", channel, "--kind", "resident_record")
    return ("caller", "add", "--settings", place.settings, *who, "--certificate", certificate)


async def bring_in_a_resident(place: Site) -> None:
    """What the registry and the counter do."""
    keys = FileKeyProvider(place.keys, place.passphrase.read_bytes())
    now = datetime.now(UTC)
    record = PersonRecord(
        person_number=number_of(1), household_number=number_of(1), resident_code=resident_code("1234567890"), name=NAME,
        birth=RecordedDate(date(1980, 2, 29)), sex=Sex.MALE, address="栃木県足利市本城３丁目２１４５番地", relationship="世帯主",
        domicile="栃木県足利市本城三丁目２１４５番地", first_registrant=NAME, resident_since=LONG_AGO, address_since=LONG_AGO,
        address_notified_on=LONG_AGO.on,
    )  # fmt: skip
    async with connected(place, "registry") as registry:
        people = [IncomingPerson(record)]
        await load_initial(registry, CITY, people, RegistryKeys.of(keys), operator="初期移行", place="市民課", now=now)
    async with connected(place, "staff") as staff, staff.transaction():
        await staff.execute("SELECT set_config('kiosk.municipality', $1, true)", CITY)
        card = NewCredential(CARD.issuer_key_id, CARD.serial, number_of(1), "card", now)
        await register_credentials(staff, [card])
        await register_pin(staff, hash_pin(keys, CITY, CARD))


@asynccontextmanager
async def connected(place: Site, role: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(place.dsn(role))
    try:
        yield connection
    finally:
        await connection.close()


async def execute(place: Site, role: str, statements: str) -> None:
    async with connected(place, role) as connection:
        await connection.execute(statements)


def text_of(file: Path) -> str:
    document = pypdfium2.PdfDocument(file)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_a_certificate_is_issued_for_real(installed: Site) -> None:
    asyncio.run(bring_in_a_resident(installed))
    assert "✗" not in installed.done("doctor", "--settings", installed.settings)
    file = installed.path / "juminhyo.pdf"
    with service_up(installed.path / "up.err", "--settings", str(installed.settings)) as (_, said):
        ca = installed.path / "ca"
        installed.done(
            "request", "--url", said["centre_url"], "--ca-file", ca / "ca.pem", "--client-cert", ca / "centre.pem",
            "--client-key", ca / "centre.key", "--municipality-code", CITY, "--issuer-key-id", CARD.issuer_key_id,
            "--serial", CARD.serial, "-o", file, given=f"{CARD.pin}\n",
        )  # fmt: skip
    text = text_of(file)
    assert NAME in text
    assert MAYOR in text
    assert "見本" not in text
    verified = json.loads(installed.done("verify", file, "--ca-file", installed.authority.root, "--json"))
    assert verified["valid"]
    assert verified["signer"] == "足利市長"
    where = ("--settings", installed.settings, "--municipality-code", CITY)
    (row,) = json.loads(installed.done("history", "list", "--json", *where))
    assert (row["state"], row["issuance_number"], row["caller_id"], row["fee"]) == (
        "answered", verified["issuance_number"], "centre", 200,
    )  # fmt: skip


def test_what_is_set_up_can_be_looked_at_and_shows_no_secret(installed: Site) -> None:
    keys = installed.done("keys", "show", "--settings", installed.settings)
    assert "production" in keys
    assert "足利市長" in keys
    assert "document_signature" in keys
    assert MAYOR in installed.done("city", "show", "--settings", installed.settings)
    assert "centre  centre  resident_record" in installed.done("caller", "list", "--settings", installed.settings)
    assert installed.passphrase.read_text() not in keys


def test_every_login_role_has_a_password_of_its_own_that_only_we_read(installed: Site) -> None:
    texts = {role: (installed.passwords / role).read_text() for role in ROLES}
    assert len(set(texts.values())) == len(ROLES)
    assert installed.passwords.stat().st_mode & 0o077 == 0
    assert all((installed.passwords / role).stat().st_mode & 0o077 == 0 for role in ROLES)
    again = ("db", "passwords", "--database-url", installed.admin_url, "--role-passwords")
    said = installed.done(*again, installed.passwords)
    assert {role: (installed.passwords / role).read_text() for role in ROLES} == texts
    assert not any(text in said for text in texts.values())
    elsewhere = installed.run(*again, installed.path / "elsewhere")
    assert elsewhere.returncode == NOT_DONE
    assert "--renew" in elsewhere.stderr
    (installed.passwords / "jukinet").write_text("another")
    assert installed.run(*again, installed.passwords).returncode == ANSWER_IS_NO
    (installed.passwords / "jukinet").write_text(texts["jukinet"])


def test_all_passwords_are_made_anew_when_told(installed: Site) -> None:
    before = (installed.passwords / "front").read_text()
    again = ("db", "passwords", "--database-url", installed.admin_url, "--role-passwords", installed.passwords)
    installed.done(*again, "--renew")
    assert (installed.passwords / "front").read_text() != before
    assert "front" in installed.done(*again).partition("kept")[2]


def test_applying_a_city_again_changes_nothing_and_a_contradiction_is_refused_whole(installed: Site) -> None:
    apply = ("city", "apply", installed.write_city(), "--settings", installed.settings)
    assert "Nothing to change" in installed.done(*apply)
    shown = installed.done("city", "show", "--settings", installed.settings)
    file = installed.write_city(fee=300)
    later = '\n[[fee]]\nkind = "resident_record"\nchannel = "terminal"\nfrom = 2027-04-01\nyen = 250\n'
    file.write_text(file.read_text(encoding="utf-8") + later, encoding="utf-8")
    refused = installed.run(*apply)
    assert refused.returncode == NOT_DONE
    assert "fee resident_record centre from 2020-04-01" in refused.stderr
    assert installed.done("city", "show", "--settings", installed.settings) == shown
    file = installed.write_city()
    file.write_text(file.read_text(encoding="utf-8") + later, encoding="utf-8")
    assert "2027-04-01" in installed.done(*apply)


def test_what_is_stored_is_corrected_as_the_documentation_says(installed: Site) -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    statements = text.partition("```sql\n")[2].partition("```")[0]
    assert "DELETE FROM issuance.service_hours" in statements
    asyncio.run(execute(installed, "migrator", statements))
    assert installed.done("city", "apply", installed.write_city(), "--settings", installed.settings).count("mon") == 1


def test_a_caller_is_registered_once_and_can_be_taken_out(installed: Site) -> None:
    certificate, _ = installed.authority.issue_tls("kiosk", ExtendedKeyUsageOID.CLIENT_AUTH)
    other, _ = installed.authority.issue_tls("other", ExtendedKeyUsageOID.CLIENT_AUTH)
    installed.done(*add_caller(installed, "kiosk", certificate))
    assert "already" in installed.done(*add_caller(installed, "kiosk", certificate))
    assert installed.run(*add_caller(installed, "kiosk", other)).returncode == NOT_DONE
    assert installed.run(*add_caller(installed, "again", certificate)).returncode == NOT_DONE
    remove = ("caller", "remove", "--caller-id", "kiosk", "--settings", installed.settings)
    installed.done(*remove)
    assert installed.run(*remove).returncode == NOT_DONE
    assert "kiosk" not in installed.done("caller", "list", "--settings", installed.settings)


def test_keys_and_status_are_published_and_an_unknown_sheet_is_not_withdrawn(installed: Site) -> None:
    where = ("--settings", installed.settings)
    public = installed.path / "public"
    assert "published" in installed.done("seal", "publish", public, *where)
    published = read_keys((public / CITY / "keys.cose").read_bytes())
    (file,) = (public / CITY / "status").iterdir()
    found = read_status_list(file.read_bytes())
    signer = published.find(Purpose.SEAL_STATUS, found.signed.key_id)
    assert signer is not None
    assert found.signed.is_of(signer)
    assert found.expires_at - found.issued_at == timedelta(hours=48)
    who = ("--by", "足利 花子", "--reason", "差し替え", "--state", "replaced", *where)
    refused = installed.run("seal", "withdraw", "20261123-01-99999999-0", *who)
    assert refused.returncode != 0
    assert "There is no such issuance" in refused.stderr


def test_the_keys_of_the_visible_seal_are_renewed_ahead_of_their_day(installed: Site) -> None:
    day = jst_date(utc_now()) + timedelta(days=1000)
    done = installed.done("keys", "renew-seal", "--from", str(day), "--settings", installed.settings)
    assert "visible seal: 版 / version 2" in done
    assert "status list: 版 / version 2" in done
    shown = installed.done("keys", "show", "--settings", installed.settings)
    coming = [line for line in shown.splitlines() if f"{day} 00:00" in line]
    assert [line.split()[:3] for line in coming] == [
        ["券面確認コード", "2", "これから"],
        ["状態リスト", "2", "これから"],
    ]


def test_the_next_document_key_waits_for_its_day_beside_the_one_that_signs(installed: Site) -> None:
    day = jst_date(utc_now()) + timedelta(days=900)
    rotate = ("keys", "rotate", "document_signature", "--algorithm", "rsa2048", "--from", str(day))
    assert "version 2" in installed.done(*rotate, "--settings", installed.settings)
    shown = installed.done("keys", "list", "--settings", installed.settings)
    states = [line.split()[1:3] for line in shown.splitlines() if line.startswith("文書署名 ")]
    assert states == [["1", "使用中"], ["2", "これから"]]
    assert installed.passphrase.read_text() not in shown
    subject = ("--organisation", "足利市", "--common-name", "足利市長")
    request = installed.path / "second.pem"
    installed.done("keys", "request", *subject, "--request-out", request, "--settings", installed.settings)
    certificate = installed.authority.sign_request(request)
    assert "version 2" in installed.done("keys", "install", certificate, "--settings", installed.settings)


@pytest.mark.parametrize("purpose", ["feed_comparison", "nothing"])
def test_what_others_are_found_by_is_not_rotated_in_passing(installed: Site, purpose: str) -> None:
    before = (installed.keys / "keys.json").read_bytes()
    refused = installed.run("keys", "rotate", purpose, "--settings", installed.settings)
    assert refused.returncode == NOT_DONE
    assert (installed.keys / "keys.json").read_bytes() == before


def test_keys_are_made_once(installed: Site) -> None:
    before = (installed.keys / "keys.json").read_bytes()
    subject = ("--organisation", "足利市", "--common-name", "足利市長")
    again = installed.run("keys", "create", "--settings", installed.settings, *subject)
    assert again.returncode == NOT_DONE
    assert "not overwritten" in again.stderr
    assert (installed.keys / "keys.json").read_bytes() == before
    assert "BEGIN CERTIFICATE REQUEST" in installed.done("keys", "request", "--settings", installed.settings, *subject)


def test_demo_keys_and_demo_certificates_are_refused_in_production(installed: Site) -> None:
    create_keys(installed.path / "demo-keys", installed.passphrase.read_bytes(), marker="demo")
    settings = installed.write_settings("demo.env", KEYS_DIRECTORY=installed.path / "demo-keys")
    started = installed.run("up", "--settings", settings)
    assert started.returncode == NOT_DONE
    assert "Demo keys and certificates cannot be used in production" in started.stderr
    ca = make_development_ca("試験認証局 DEMO CA", datetime.now(UTC))
    file = installed.path / "demo-client.pem"
    file.write_bytes(issue_client_certificate(ca, "見本", datetime.now(UTC)).certificate_pem)
    refused = installed.run(*add_caller(installed, "demo", file))
    assert refused.returncode == NOT_DONE
    assert "cannot be used in production" in refused.stderr

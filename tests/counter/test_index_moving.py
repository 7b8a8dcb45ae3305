"""`kiosk keys move-index` in a city that has just rotated the key of its credential index."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cardauth import UserCertificate, UserId, hash_pin
from civil.clock import utc_now
from issuance_db.credentials import NewUserId, register_user_ids
from issuance_db.nodes import NewNode, be_seen
from issuance_db.pins import register_pin
from keys.development_ca import make_development_ca
from keys.file_provider import FileKeyProvider, add_key_version, create_keys
from keys.purpose import Purpose
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.issuing.request import SessionCredential
from tests.counter.conftest import Counter
from tests.counter.test_persons_and_pins import CARD, code_of
from tests.issuing.city import CENTRE, ISSUER, LONG_AGO, City
from tests.issuing.conftest import PASSPHRASE, THIS_YEAR
from tests.issuing.test_menu_and_outcome import menu_of
from tests.sync.registry_rows import CITY

WHO = ("--by", "足利　花子", "--reason", "鍵の更新")
MOVE = ("keys", "move-index", *WHO)


@pytest.fixture
def keys_directory(tmp_path: Path) -> Path:
    """Keys of this test only: it rotates them."""
    directory = tmp_path / "own"
    create_keys(directory, PASSPHRASE, marker="demo", ca=make_development_ca("DEMO", LONG_AGO), clock=lambda: THIS_YEAR)
    return directory


@pytest.fixture
def keys(keys_directory: Path) -> FileKeyProvider:
    return FileKeyProvider(keys_directory, PASSPHRASE)


def rotate(keys_directory: Path, ago: timedelta) -> FileKeyProvider:
    """The keys, with a version of the index that is in force since then."""
    add_key_version(keys_directory, PASSPHRASE, Purpose.CREDENTIAL_INDEX, clock=lambda: utc_now() - ago)
    return FileKeyProvider(keys_directory, PASSPHRASE)


def with_keys(city: City, keys: FileKeyProvider) -> City:
    environment = replace(city.environment, keys=keys)
    return replace(city, environment=environment, issuing=Issuing(environment))


async def hashes(city: City) -> Sequence[bytes]:
    rows = await city.rows(
        "SELECT credential_hash AS h FROM issuance.pin UNION SELECT credential_hash FROM issuance.pin_tries"
    )
    return [bytes(row["h"]) for row in rows if isinstance(row["h"], bytes)]


async def test_every_registered_card_and_user_id_is_moved_and_the_act_is_kept(
    ashikaga: City, counter: Counter, keys_directory: Path
) -> None:
    card = await ashikaga.credential("101", "7001")
    staff = await ashikaga.database.connect("staff", CITY)
    await register_user_ids(staff, [NewUserId("somebody", "102", LONG_AGO)])
    await register_pin(staff, hash_pin(ashikaga.environment.keys, CITY, UserId("somebody", "1234")))
    assert await code_of(ashikaga, card) is None
    before = await hashes(ashikaga)
    after = with_keys(ashikaga, rotate(keys_directory, timedelta(minutes=3)))
    done = counter(*MOVE)
    assert (done.returncode, "version 2: PINs 2, counters 1" in done.stdout) == (0, True), done.stdout + done.stderr
    assert set(before).isdisjoint(await hashes(ashikaga))
    assert await code_of(after, card) is None
    assert "PINs 0, counters 0" in counter(*MOVE).stdout
    acts = await ashikaga.rows("SELECT act, person_number FROM history.staff_act")
    assert acts == [{"act": "credential_index_moved", "person_number": None}] * 2


async def test_staff_find_a_card_before_and_after_it_is_moved(
    ashikaga: City, counter: Counter, keys_directory: Path
) -> None:
    await ashikaga.credential("101", "7001")
    after = with_keys(ashikaga, rotate(keys_directory, timedelta(minutes=3)))
    for digits in ("4321", "5678"):
        changed = UserCertificate(ISSUER, "7001", digits)
        assert counter("pin", "register", *CARD, *WHO, given=f"{digits}\n").returncode == NOT_DONE
        assert counter("pin", "register", "--change", *CARD, *WHO, given=f"{digits}\n").returncode == 0
        assert await code_of(after, changed) is None
        for _ in range(3):
            assert await code_of(after, UserCertificate(ISSUER, "7001", "0000")) is RefusalCode.NOT_IDENTIFIED
        assert "Unlocked" in counter("pin", "unlock", *CARD, *WHO).stdout
        assert await code_of(after, changed) is None
        assert counter(*MOVE).returncode == 0


@pytest.mark.parametrize("ago", [None, timedelta(seconds=10)], ids=["never rotated", "rotated just now"])
async def test_nothing_is_moved_to_what_processes_may_not_have_yet(
    ashikaga: City, counter: Counter, keys_directory: Path, ago: timedelta | None
) -> None:
    await ashikaga.credential("101", "7001")
    before = await hashes(ashikaga)
    if ago is not None:
        rotate(keys_directory, ago)
    done = counter(*MOVE)
    assert (done.returncode, "wait two minutes" in done.stderr) == (NOT_DONE, True)
    assert await hashes(ashikaga) == before


async def test_nothing_is_moved_while_a_process_runs_without_the_new_version(
    ashikaga: City, counter: Counter, keys_directory: Path
) -> None:
    await ashikaga.credential("101", "7001")
    before = await hashes(ashikaga)
    rotate(keys_directory, timedelta(minutes=3))
    node = NewNode(uuid4(), "other", "sync", bytes(32), {}, {"key credential_index 1": "then then"}, utc_now())
    await be_seen(await ashikaga.database.connect("sync"), node, timedelta(hours=1))
    admin = await ashikaga.database.connect()
    await admin.execute("UPDATE shared.node SET last_seen_at = clock_timestamp() + interval '1 hour'")
    done = counter(*MOVE)
    assert (done.returncode, "runs without the next version" in done.stderr) == (NOT_DONE, True)
    assert await hashes(ashikaga) == before


async def test_a_menu_of_before_the_rotation_is_good_after_it_and_after_the_move(
    ashikaga: City, counter: Counter, keys_directory: Path
) -> None:
    menu = await menu_of(ashikaga, await ashikaga.credential("101", "7001"))
    chosen = tuple(person.person_ref for person in menu.kinds[0].persons)
    session = SessionCredential(menu.session)
    after = with_keys(ashikaga, rotate(keys_directory, timedelta(minutes=3)))
    for _ in range(2):
        certificate = await after.issuing.issue(CENTRE, after.request(session, persons=chosen))
        assert certificate.content.startswith(b"%PDF")
        assert counter(*MOVE).returncode == 0

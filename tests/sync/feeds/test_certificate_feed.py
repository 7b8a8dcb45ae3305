"""User certificates come in files: new, renewed, stopped; a stop is never undone, and what staff registered is not the feed's to stop."""

import io
from datetime import datetime, timedelta

import asyncpg
import pytest

from sync.feeds import FileRefused, Receipt, apply_file
from sync.feeds.ageing import tell_too_old
from sync.feeds.status import set_shares
from tests.feed_files import envelope
from tests.servers import Database
from tests.sync.registry_rows import CITY
from tests.sync.seal_source import BEGINS

LATER = BEGINS + timedelta(days=30)
ISSUER = "ab" * 20
ONE, TWO = "0000000101", "0000000102"
TOMORROW = "2026-11-24T00:00:00+09:00"
Record = tuple[str, ...]


def given(
    serial: str, person: str = ONE, bearer: str = "card", usable_from: str = TOMORROW, revoked_at: str = ""
) -> Record:
    return ("set", ISSUER, serial, person, bearer, usable_from, revoked_at)


def revoked(serial: str, person: str = ONE) -> Record:
    return ("revoke", ISSUER, serial, person, "", "", "")


class Certificates:
    """The other side numbers its files from 0; ours takes them as `sync`."""

    def __init__(self, sync: asyncpg.Connection, admin: asyncpg.Connection) -> None:
        self.sync, self.admin, self.number = sync, admin, 0

    async def take(self, kind: str, *records: Record) -> Receipt:
        self.number += kind == "difference"
        as_of = BEGINS + timedelta(hours=self.number)
        content = envelope((f"kiosk-certificate-{kind}", "1", CITY, str(self.number), as_of.isoformat()), records)
        return await apply_file(self.sync, CITY, io.BytesIO(content), LATER)

    async def usable(self) -> dict[str, str]:
        rows = await self.admin.fetch("SELECT serial, person_number FROM issuance.credential WHERE revoked_at IS NULL")
        return {row["serial"]: row["person_number"] for row in rows}


@pytest.fixture(autouse=True, params=["in one go", "in parts"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files are read into a table first; what comes of them is the same."""
    if request.param == "in parts":
        monkeypatch.setattr("sync.feeds.staging.RESUMED_FROM", 0)


@pytest.fixture
async def certificates(database: Database) -> Certificates:
    made = Certificates(await database.connect("sync"), await database.connect())
    assert (await made.take("full", given("1"), given("2", TWO, "android"))).changed == 2
    return made


async def test_a_new_card_may_be_used_from_when_the_file_says(certificates: Certificates) -> None:
    row = await certificates.admin.fetchrow("SELECT * FROM issuance.credential WHERE serial = '2'")
    assert row is not None
    assert (row["issuer_key_id"], row["person_number"], row["bearer"]) == (ISSUER, TWO, "android")
    assert row["usable_from"] == datetime.fromisoformat(TOMORROW)


async def test_a_renewal_adds_one_and_stops_the_other(certificates: Certificates) -> None:
    assert (await certificates.take("difference", given("3"), revoked("1"))).changed == 2
    assert await certificates.usable() == {"2": TWO, "3": ONE}
    assert await certificates.admin.fetchval("SELECT revoked_at FROM issuance.credential WHERE serial = '1'") == LATER


async def test_what_is_no_longer_in_a_full_file_is_stopped_and_never_deleted(certificates: Certificates) -> None:
    await certificates.take("full", given("1"))
    assert await certificates.usable() == {"1": ONE}
    assert await certificates.admin.fetchval("SELECT count(*) FROM issuance.credential") == 2


async def test_a_stop_is_not_undone_and_the_earliest_holds(certificates: Certificates) -> None:
    early = "2026-11-23T12:00:00+09:00"
    await certificates.take("difference", given("1", revoked_at=early))
    for again in (given("1"), given("1", revoked_at="2026-11-25T00:00:00+09:00"), revoked("1")):
        assert (await certificates.take("difference", again)).changed == 0
    stopped = await certificates.admin.fetchval("SELECT revoked_at FROM issuance.credential WHERE serial = '1'")
    assert stopped == datetime.fromisoformat(early)


async def test_what_staff_registered_is_left_alone(database: Database, certificates: Certificates) -> None:
    staff = await database.connect("staff", CITY)
    await staff.execute(
        "INSERT INTO issuance.credential (municipality_code, issuer_key_id, serial, person_number, bearer, usable_from) "
        "VALUES ($1, $2, '77', $3, 'card', now())", CITY, ISSUER, ONE,
    )  # fmt: skip
    assert (await certificates.take("full", given("1"), given("2", TWO, "android"))).changed == 0
    assert await certificates.usable() == {"1": ONE, "2": TWO, "77": ONE}


async def test_a_file_that_would_stop_more_than_its_share_is_told_and_stops_nobody_until_staff_have_looked(
    database: Database, certificates: Certificates
) -> None:
    """A stop cannot be undone: one that is wrong for many has to be seen first, and the alert is what brings somebody to look."""
    serials = [str(number) for number in range(100, 140)]
    await certificates.take("difference", *(given(serial) for serial in serials))
    usable = await certificates.usable()
    with pytest.raises(FileRefused, match="42件中25件で、上限5%"):
        await certificates.take("difference", *(revoked(serial) for serial in serials[:25]))
    assert await certificates.usable() == usable
    assert await certificates.admin.fetchval("SELECT cause FROM history.alert") == "feed/certificate_refused"
    await set_shares(await database.connect("staff", CITY), CITY, "certificate", 100, None)
    certificates.number -= 1
    assert (await certificates.take("difference", *(revoked(serial) for serial in serials[:25]))).changed == 25
    assert set(await certificates.usable()) == {"1", "2", *serials[25:]}


WRONG: dict[str, tuple[tuple[Record, ...], str]] = {
    "twice": ((given("9"), given("9")), "serial"),
    "another person's": ((given("1", TWO),), "person_number"),
    "another bearer": ((given("1", bearer="iphone"),), "bearer"),
    "another beginning": ((given("1", usable_from="2026-11-25T00:00:00+09:00"),), "usable_from"),
    "a revocation of nothing": ((revoked("9"),), "serial"),
    "another person's revocation": ((revoked("1", TWO),), "person_number"),
    "a serial with a zero": ((given("01"),), "serial"),
    "a serial in hexadecimal": ((given("1f"),), "serial"),
    "an issuer in capitals": ((("set", "AB", "9", ONE, "card", TOMORROW, ""),), "issuer_key_id"),
    "no person": ((given("9", ""),), "person_number"),
    "no beginning": ((given("9", usable_from=""),), "usable_from"),
    "an unknown bearer": ((given("9", bearer="watch"),), "bearer"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_bad_file_is_refused_whole(certificates: Certificates, wrong: str) -> None:
    records, item = WRONG[wrong]
    with pytest.raises(FileRefused) as fault:
        await certificates.take("difference", given("5"), *records)
    assert fault.value.item == item
    assert await certificates.usable() == {"1": ONE, "2": TWO}


async def test_mis_07_a_stop_waits_for_a_permit_in_progress(database: Database, certificates: Certificates) -> None:
    front = await database.connect("front", CITY)
    async with front.transaction():
        await front.execute("SELECT shared.lock_subjects_for_permit($1, ARRAY['person'], ARRAY[$2::text])", CITY, ONE)
        await certificates.sync.execute("SET lock_timeout = '200ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await certificates.take("difference", revoked("1"))
    assert await certificates.usable() == {"1": ONE, "2": TWO}


async def test_many_are_taken_under_the_citys_lock(certificates: Certificates) -> None:
    records = [given(str(serial), str(serial)) for serial in range(100, 1300)]
    assert (await certificates.take("difference", *records)).changed == 1200
    await certificates.admin.execute("UPDATE issuance.source SET most_lost_percent = 100")
    assert (await certificates.take("full", given("1"), given("2", TWO, "android"))).changed == 1200
    assert await certificates.usable() == {"1": ONE, "2": TWO}


async def test_sync_deletes_no_certificate(database: Database, certificates: Certificates) -> None:
    assert await certificates.usable()
    sync = await database.connect("sync", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sync.execute("DELETE FROM issuance.credential")


async def test_mis_08_a_revocation_that_was_lost_is_stopped_by_the_full_file_and_told_with_whom_it_was(
    certificates: Certificates,
) -> None:
    assert (await certificates.take("difference")).changed == 0
    assert set(await certificates.usable()) == {"1", "2"}, "numbered as if nothing were missing, nothing can see it"
    assert (await certificates.take("full", given("1", revoked_at=TOMORROW), given("2", TWO, "android"))).changed == 1
    assert set(await certificates.usable()) == {"2"}
    row = await certificates.admin.fetchrow(
        "SELECT a.cause, c.found_by, d.person_number FROM history.source_difference AS d "
        "JOIN history.source_comparison AS c USING (municipality_code, comparison_id), history.alert AS a"
    )
    assert row is not None
    assert tuple(row) == ("feed/certificate_differed", "full", ONE)


async def test_mis_09_a_source_that_sends_no_full_file_for_a_week_is_told_once(certificates: Certificates) -> None:
    async def told(day: int) -> list[str]:
        await tell_too_old(certificates.sync, CITY, BEGINS + timedelta(days=day))
        rows = await certificates.admin.fetch("SELECT cause FROM history.alert WHERE cause LIKE '%listed'")
        return [row["cause"] for row in rows]

    await certificates.take("difference")
    assert await told(7) == []
    assert await told(8) == await told(9) == ["feed/certificate_not_listed"]
    await certificates.take("full", given("1"), given("2", TWO, "android"))
    assert len(await told(8)) == 1
    assert len(await told(9)) == 2


async def test_mis_09_a_gap_in_the_files_lets_the_source_grow_old(certificates: Certificates) -> None:
    certificates.number += 1
    assert (await certificates.take("difference", revoked("1"))).result == "waiting"
    assert set(await certificates.usable()) == {"1", "2"}
    assert await tell_too_old(certificates.sync, CITY, BEGINS + timedelta(days=1)) == ["certificate"]

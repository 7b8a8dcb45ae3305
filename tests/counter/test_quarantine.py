"""A document that failed is opened by two persons, and destroyed when its time is over."""

import stat
from pathlib import Path

import asyncpg
import pytest

from issuance_db.database import Database as Pool
from keys.file_provider import FileKeyProvider
from keys.purpose import Purpose
from keys.sealing import seal
from kiosk_server.cli.failures import NOT_DONE
from kiosk_server.issuing.ending import quarantine_binding
from kiosk_server.processes.sweeper import purge
from tests.counter.conftest import Counter
from tests.issuing.city import City
from tests.sync.registry_rows import CITY

NUMBER = "20261123-01-00000001-8"
DOCUMENT = b"%PDF-1.7 what was made for somebody else"
HANAKO = ("--by", "足利　花子")
JIRO = ("--by", "渡良瀬　次郎")
SABURO = ("--by", "織姫　三郎")


async def quarantined(city: City, keys: FileKeyProvider, keep: str = "90 days") -> None:
    key = keys.secret(Purpose.QUARANTINE)
    front = await city.database.connect("front", CITY)
    await front.execute(
        "INSERT INTO issuance.quarantine (municipality_code, issuance_number, cause, sealed, key_version, delete_after) "
        "VALUES ($1, $2, 'PersonDiffers', $3, $4, now() + $5::text::interval)",
        CITY,
        NUMBER,
        seal(key, DOCUMENT, quarantine_binding(CITY, NUMBER)),
        key.version,
        keep,
    )


async def test_two_approve_and_one_of_them_opens(
    ashikaga: City, keys: FileKeyProvider, counter: Counter, tmp_path: Path
) -> None:
    await quarantined(ashikaga, keys)
    file = tmp_path / "document.pdf"
    opening = ("quarantine", "open", NUMBER, "-o", file)
    assert counter(*opening, *HANAKO).returncode == NOT_DONE
    assert counter("quarantine", "approve", NUMBER, *HANAKO, "--reason", "cause").returncode == 0
    assert counter("quarantine", "approve", NUMBER, "--by", "足利花子", "--reason", "again").returncode == NOT_DONE
    assert counter(*opening, *HANAKO).returncode == NOT_DONE
    assert counter("quarantine", "approve", NUMBER, *JIRO, "--reason", "cause").returncode == 0
    assert counter(*opening, *SABURO).returncode == NOT_DONE
    assert not file.exists()
    done = counter(*opening, *JIRO)
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == DOCUMENT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    acts = await ashikaga.rows("SELECT act, acted_by, concerns FROM history.staff_act ORDER BY act_id")
    assert [(act["act"], act["acted_by"]) for act in acts][-1] == ("quarantine_opened", "渡良瀬　次郎")
    assert {act["concerns"] for act in acts} == {NUMBER}


async def test_staff_cannot_read_the_bytes_another_way(ashikaga: City, keys: FileKeyProvider) -> None:
    await quarantined(ashikaga, keys)
    staff = await ashikaga.database.connect("staff", CITY)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.fetch("SELECT sealed FROM issuance.quarantine")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await staff.fetch("SELECT issuance.destroy_quarantined()")


@pytest.mark.parametrize(("keep", "is_there"), [("90 days", True), ("-1 second", False)])
async def test_the_sweeper_destroys_it_when_its_time_is_over_and_no_sooner(
    ashikaga: City, keys: FileKeyProvider, keep: str, *, is_there: bool
) -> None:
    await quarantined(ashikaga, keys, keep)
    async with Pool.open(ashikaga.database.dsn("sweeper"), max_size=1) as sweeper:
        await purge(sweeper, CITY)
    [row] = await ashikaga.rows("SELECT sealed IS NOT NULL AS is_there, destroyed_at FROM issuance.quarantine")
    assert row["is_there"] is is_there
    assert (row["destroyed_at"] is None) is is_there

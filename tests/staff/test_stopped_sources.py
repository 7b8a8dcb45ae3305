"""MIS-08 at the counter: whom a source of files stops reads so on their page, and nothing of it is on anybody else's."""

import pytest

from kiosk_server.staff.duties import Duty
from tests.issuing.fed import Fed, InKoseki
from tests.staff.counter import at_counter
from tests.staff.office import Office
from tests.sync.registry_rows import CITY

DIFFERENCES = 'href="/staff/alerts/differences">記録の差異</a>'


async def doubt(fed: Fed, source: str, number: str, found_by: str = "said") -> None:
    await fed.sync.execute(
        "INSERT INTO issuance.source_doubt (municipality_code, source, person_number, difference, found_by, items, since) "
        "VALUES ($1, $2, $3, 'different', $4, '{address}', '2026-11-20 03:04Z')",
        CITY, source, number, found_by,
    )  # fmt: skip


async def set_aside(fed: Fed, source: str, key: str) -> None:
    await fed.sync.execute(
        "INSERT INTO issuance.feed_set_aside (municipality_code, source, record_key, layout, file_number, line, item, reason, since) "
        "VALUES ($1, $2, $3, 'x', 7, 1, 'name', 'x', '2026-11-20 03:04Z')", CITY, source, key,
    )  # fmt: skip


async def stopped(office: Office, number: str, duty: Duty = Duty.COUNTER) -> str:
    """The rows of what is held back."""
    page = await (await at_counter(office, number, f"{duty}-{number}", duty)).page()
    return page.partition("<h2>保留</h2>")[2].partition("<h2>")[0]


@pytest.mark.parametrize("duty", [Duty.COUNTER, Duty.SUPERVISOR, Duty.AUDITOR])
@pytest.mark.parametrize(
    ("source", "kinds", "named"),
    [("seal", "印鑑登録証明書", "印鑑登録"), ("tax", "税の証明書", "税"), ("disaster", "罹災証明書", "罹災")],
)
async def test_mis_08_a_doubt_says_which_kinds_it_stops_since_when_and_where_to_look(
    office: Office, fed: Fed, source: str, kinds: str, named: str, duty: Duty
) -> None:
    await doubt(fed, source, "103")
    await doubt(fed, source, "103", "list")
    rows = await stopped(office, "103", duty)
    assert rows.count(f"<td>{kinds}</td><td>連携元と違う <small>{named}</small></td><td>2026-11-20 12:04</td>") == 1
    assert DIFFERENCES in rows
    assert await stopped(office, "101", duty) == ""


async def test_mis_08_a_doubt_of_a_koseki_is_said_of_whoever_asks_from_it(office: Office, fed: Fed) -> None:
    await fed.koseki("K1", [InKoseki("k1", "太郎", "101"), InKoseki("k2", "花子", "102", removed=True)])
    await doubt(fed, "koseki", "K1")
    await doubt(fed, "koseki_supplement", "K1", "list")
    rows = await stopped(office, "101")
    assert "戸籍の証明書と附票の写し</td><td>連携元と違う" in rows
    assert "戸籍の附票の写し</td><td>連携元と違う" in rows
    assert "K1" not in rows
    assert await stopped(office, "102") == ""


@pytest.mark.parametrize(
    ("source", "key", "kinds", "named"),
    [("seal", "103", "印鑑登録証明書", "印鑑登録"), ("tax", "103/2026", "税の証明書", "税")],
)
async def test_mis_08_a_row_that_could_not_be_read_says_so_of_that_person_alone(
    office: Office, fed: Fed, source: str, key: str, kinds: str, named: str
) -> None:
    await set_aside(fed, source, key)
    rows = await stopped(office, "103")
    assert f"<td>{kinds}</td><td>連携元の読めない行 <small>{named}</small></td><td>2026-11-20 12:04</td>" in rows
    assert (DIFFERENCES in rows, 'href="/staff/sources/aside">読めずに除いた行</a>' in rows) == (False, True)
    assert await stopped(office, "101") == ""


async def test_a_measure_that_a_list_of_residents_tells_otherwise_is_not_named(office: Office, fed: Fed) -> None:
    await fed.sync.execute(
        "INSERT INTO issuance.source_doubt (municipality_code, source, person_number, difference, items, since) "
        "VALUES ($1, 'resident', '103', 'different', '{suppressed}', now())", CITY,
    )  # fmt: skip
    rows = await stopped(office, "103", Duty.AUDITOR)
    assert rows.count("<tr>") == 2
    assert "支援措置" not in rows

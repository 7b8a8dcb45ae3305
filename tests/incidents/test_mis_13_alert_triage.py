"""MIS-13: an alert of the centre is worked on until the first delivery is explained.

Adachi, 2023: the centre told the city of errors; the resident tried again, and the second paper was right.
So nobody asked where the first one had gone: somebody else held it. The city had been told, and did nothing.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import asyncpg
import pytest

from issuance_db.alerts import SamePerson, confirm_alert, explain_alert, list_alerts, open_alerts, show_alert
from issuance_db.fsck import check
from kiosk_server.issuing.request import CentreAlert, OutcomeReport
from tests.incidents.people import People
from tests.system.installation import Installation
from tests.system.running import CITY


@pytest.fixture
async def staff(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    connection = await installation.connect("staff")
    yield connection
    await connection.close()


async def figure(installation: Installation, centre: int) -> float:
    """Open alerts, as the operations address of one centre process says."""
    url = installation.centres[centre].ops_url
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        text = await answer.text()
    line = next(line for line in text.splitlines() if line.startswith("kiosk_alerts_open{"))
    return float(line.rpartition(" ")[2])


async def test_mis_13_a_good_retry_closes_no_alert_and_two_persons_do(
    installation: Installation, people: People, staff: asyncpg.Connection
) -> None:
    sample = people.one()
    was_open = await open_alerts(staff, CITY)
    async with installation.client(installation.centres[0].addresses["centre_url"]) as centre:
        first = await centre.issue(sample.request("mis-13"))
        told = CentreAlert("wrong_paper", first.issuance_number, "mis-13", "the terminal printed another document")
        await centre.alert(CITY, told)
        # It stops nothing: the retry gives the same bytes, a new request a new certificate, printed and paid.
        assert await centre.issue(sample.request("mis-13")) == first
        second = await centre.issue(sample.request("mis-13, once more"))
        for number in (first.issuance_number, second.issuance_number):
            await centre.outcome(
                CITY, number, OutcomeReport("printed", fee_collected=True, occurred_at=datetime.now(UTC))
            )

    alert_id = next(
        row["alert_id"]
        for row in await list_alerts(staff, CITY)
        if row["issuance_number"] == first.issuance_number and row["cause"] == "centre/wrong_paper"
    )
    shown = await show_alert(staff, CITY, alert_id)
    assert (shown["is_open"], shown["outcome"], shown["pages"]) == (True, "printed", first.pages)
    assert shown["sent_to"] == shown["caller_id"]
    assert [await figure(installation, centre) for centre in (0, 1)] == [was_open + 1, was_open + 1]

    await explain_alert(staff, CITY, alert_id, "足利　花子", "a jam; the shop kept the first paper and sent it back")
    assert (await show_alert(staff, CITY, alert_id))["is_open"]
    with pytest.raises(SamePerson):
        await confirm_alert(staff, CITY, alert_id, "足利 花子")
    assert await figure(installation, 1) == was_open + 1

    await confirm_alert(staff, CITY, alert_id, "渡良瀬　次郎")
    assert not (await show_alert(staff, CITY, alert_id))["is_open"]
    assert await figure(installation, 0) == was_open


async def test_mis_13_what_was_said_about_an_alert_is_never_changed(
    installation: Installation, books: asyncpg.Connection
) -> None:
    for table in ("alert", "alert_explanation", "alert_confirmation"):
        with pytest.raises(asyncpg.PostgresError, match="history is never changed"):
            await books.execute(f"TRUNCATE history.{table} CASCADE")
    reader = await installation.connect("fsck")
    try:
        assert [one.rule.name for one in await check(reader, CITY, datetime.now(UTC))] == []
    finally:
        await reader.close()

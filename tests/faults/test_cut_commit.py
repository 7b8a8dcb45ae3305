"""The connection is lost in the middle of a COMMIT: nobody knows what became of it, and asking again still gives one certificate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from issuance_db.database import Database as CityDatabase
from issuance_db.database import DatabaseUnreachable
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from tests.faults.aftermath import nothing_is_open, swept, yields_one_right_certificate
from tests.faults.commit_cutter import CommitCutter, Side
from tests.issuing.city import CENTRE, City

COMMITS = ("accept", "authenticate", "propose", "permit", "record")
"""What one certificate commits, in order."""


@asynccontextmanager
async def issuing_over(cutter: CommitCutter, city: City) -> AsyncIterator[Issuing]:
    """The service of the city, whose way to the database leads through the cutter."""
    async with cutter.listening() as port:
        dsn = city.database.dsn("front")
        there = dsn.replace(f":{urlsplit(dsn).port}/", f":{port}/")
        async with CityDatabase.open(there, max_size=1) as database:
            yield Issuing(replace(city.environment, database=database))


def cutter_for(city: City, cut_at: int = 0, side: Side = "before") -> CommitCutter:
    return CommitCutter(city.database.address.host, city.database.address.port, cut_at, side)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("cut_at", range(1, len(COMMITS) + 1), ids=COMMITS)
async def test_i1_connection_lost_in_mid_commit_never_makes_two_certificates(
    ashikaga: City, cut_at: int, side: Side
) -> None:
    request = ashikaga.request(await ashikaga.credential("101", "7001"))
    cutter = cutter_for(ashikaga, cut_at, side)
    async with issuing_over(cutter, ashikaga) as issuing:
        with pytest.raises((DatabaseUnreachable, Refusal)) as caught:
            await issuing.issue(CENTRE, request)
    assert cutter.commits >= cut_at
    assert not isinstance(caught.value, Refusal) or caught.value.code is RefusalCode.BUSY
    recorded = await ashikaga.rows("SELECT issuance_number FROM history.issuance")
    assert len(recorded) == (1 if (COMMITS[cut_at - 1], side) == ("record", "after") else 0)
    await swept(ashikaga)
    await nothing_is_open(ashikaga)
    certificate = await yields_one_right_certificate(ashikaga, request)
    assert not recorded or recorded[0]["issuance_number"] == certificate.issuance_number


@pytest.mark.parametrize("side", ["before", "after"])
async def test_wrong_pin_whose_commit_is_lost_is_charged_at_most_once(ashikaga: City, side: Side) -> None:
    card = await ashikaga.credential("101", "7001")
    request = ashikaga.request(replace(card, pin="9999"))
    async with issuing_over(cutter_for(ashikaga, COMMITS.index("authenticate") + 1, side), ashikaga) as issuing:
        with pytest.raises((DatabaseUnreachable, Refusal)):
            await issuing.issue(CENTRE, request)
    await swept(ashikaga)
    with pytest.raises(Refusal) as caught:
        await ashikaga.issuing.issue(CENTRE, request)
    assert caught.value.code is RefusalCode.NOT_IDENTIFIED
    [tries] = await ashikaga.rows("SELECT failures FROM issuance.pin_tries")
    assert tries["failures"] == 1


async def test_every_commit_of_an_issuance_is_tried(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    cutter = cutter_for(ashikaga)
    async with issuing_over(cutter, ashikaga) as issuing:
        await issuing.issue(CENTRE, ashikaga.request(card))
    assert cutter.commits == len(COMMITS)

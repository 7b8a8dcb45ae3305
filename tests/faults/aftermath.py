"""What must hold after every fault: nobody got anything wrong, nothing is left open, and the resident can try again."""

from datetime import timedelta

from issuance_db.database import Database as CityDatabase
from issuance_db.fsck import check
from kiosk_server.issuing.request import Certificate, IssuanceRequest
from kiosk_server.processes.sweeper import sweep
from tests.issuing.city import CENTRE, City
from tests.issuing.read_pdf import text_of
from tests.sync.registry_rows import CITY

HOUSEHOLD = ("足利　101", "足利　102", "足利　103")


async def swept(city: City, after: timedelta = timedelta(minutes=2)) -> None:
    """Let the time of every lease pass and the sweeper end what is left."""
    city.clock.now += after
    async with CityDatabase.open(city.database.dsn("sweeper"), max_size=2) as database:
        await sweep(database, CITY, city.clock)


async def yields_one_right_certificate(city: City, request: IssuanceRequest) -> Certificate:
    """Asked again, the request gives the household of 101, once, and the same bytes to whoever asks once more."""
    certificate = await city.issuing.issue(CENTRE, request)
    assert await city.issuing.issue(CENTRE, request) == certificate
    text = text_of(certificate.content)
    assert all(name in text for name in HOUSEHOLD)
    assert certificate.issuance_number in text
    issued = await city.rows("SELECT issuance_number FROM history.issuance")
    assert [row["issuance_number"] for row in issued] == [certificate.issuance_number]
    await books_are_whole(city)
    return certificate


async def nothing_is_open(city: City) -> None:
    """No request and no attempt waits for anybody."""
    assert await city.rows("SELECT FROM issuance.request WHERE state = 'accepted'") == []
    assert await city.rows("SELECT FROM issuance.intent WHERE state IN ('proposed', 'permitted')") == []
    await books_are_whole(city)


async def books_are_whole(city: City) -> None:
    """The check of the books finds nothing."""
    fsck = await city.database.connect("fsck")
    assert list(await check(fsck, CITY, city.clock.now)) == []

"""Exact on a live system: what is half written at the moment of the look is not seen at all."""

import asyncio

from issuance_db.fsck import check
from kiosk_server.issuing.request import Kind
from tests.issuing.city import CENTRE, City
from tests.issuing.fed import EVERY_KIND, Fed, InKoseki
from tests.issuing.supplements import HOME, feed_supplement
from tests.sync.registry_rows import CITY


async def test_books_are_whole_at_every_moment_of_issuing(ashikaga: City) -> None:
    cards = [await ashikaga.credential("101", str(serial)) for serial in range(7001, 7013)]
    looking = await ashikaga.database.connect("fsck")
    is_seen = asyncio.Event()

    async def issue_until_seen() -> set[str]:
        numbers: set[str] = set()
        while not is_seen.is_set():
            asked = (ashikaga.issuing.issue(CENTRE, ashikaga.request(card)) for card in cards)
            numbers |= {certificate.issuance_number for certificate in await asyncio.gather(*asked)}
        return numbers

    issuing = asyncio.create_task(issue_until_seen())
    for _ in range(5):
        assert list(await check(looking, CITY, ashikaga.clock.now)) == []
    is_seen.set()
    assert len(await issuing) >= len(cards)
    assert list(await check(looking, CITY, ashikaga.clock.now)) == []


async def test_the_check_writes_nothing(ashikaga: City) -> None:
    """The role could not, and the transaction would not."""
    looking = await ashikaga.database.connect("fsck")
    await check(looking, CITY, ashikaga.clock.now)
    may_write = await looking.fetchval(
        "SELECT count(*) FROM pg_class AS c WHERE c.relnamespace IN ('issuance'::regnamespace, 'history'::regnamespace) "
        "AND c.relkind = 'r' AND has_table_privilege('fsck', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
    )
    assert may_write == 0


async def test_books_of_seal_and_koseki_certificates_are_whole(fed: Fed) -> None:
    await fed.domiciled("101", "102")
    people = (InKoseki("KP101", "101", "101"), InKoseki("KP9", "外子", removed=True))
    await fed.koseki("K1", people)
    await feed_supplement(fed, "K1", [(one, (HOME,)) for one in people])
    await fed.register_seal("101", "足利太郎")
    card = await fed.card("101")
    for kind in (Kind.SEAL_REGISTRATION, Kind.KOSEKI_FULL, Kind.KOSEKI_INDIVIDUAL, Kind.KOSEKI_SUPPLEMENT):
        await fed.city.issuing.issue(EVERY_KIND, fed.request(kind, card))
    looking = await fed.city.database.connect("fsck")
    assert list(await check(looking, CITY, fed.city.clock.now)) == []
    sources = await fed.city.rows("SELECT source FROM history.issuance_source WHERE source <> 'registry' ORDER BY 1")
    assert [row["source"] for row in sources] == ["koseki", "koseki", "koseki", "koseki_supplement", "seal"]

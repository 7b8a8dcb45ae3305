"""Exact on a live system: what is half written at the moment of the look is not seen at all."""

import asyncio

from issuance_db.fsck import check
from tests.issuing.city import CENTRE, City
from tests.sync.registry_rows import CITY


async def test_books_are_whole_at_every_moment_of_issuing(ashikaga: City) -> None:
    cards = [await ashikaga.credential("101", str(serial)) for serial in range(7001, 7013)]
    looking = await ashikaga.database.connect("fsck")
    issuing = asyncio.gather(*(ashikaga.issuing.issue(CENTRE, ashikaga.request(card)) for card in cards))
    looks = 0
    while not issuing.done():
        assert list(await check(looking, CITY, ashikaga.clock.now)) == []
        looks += 1
    assert len({certificate.issuance_number for certificate in await issuing}) == len(cards)
    assert looks > 1
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

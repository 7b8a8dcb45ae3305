"""MIS-08: the message that a seal registration was deleted never arrived, and the deleted seal went on being certified.

Saitama 8 October 2021, 14 October 2022, 25 March 2023; Kumamoto from December 2020; Niigata 12 May 2023: 廃印 certificates.
The link from the register to the issuing server had lost deletions; in Kumamoto nobody noticed for two and a half years.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from kiosk_server.cli.failures import ANSWER_IS_NO
from tests.incidents.people import People
from tests.incidents.seal_register import SealOffice, for_seal, seal_office
from tests.issuing.read_pdf import pages_of
from tests.system.asking import Asking
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.running import Sample


@pytest.fixture
async def office(installation: Installation, books: asyncpg.Connection, tmp_path: Path) -> SealOffice:
    return await seal_office(installation, books, tmp_path)


@pytest.fixture
async def asking(installation: Installation) -> AsyncIterator[Asking]:
    async with Asking(installation) as made:
        yield made


async def test_mis_08_a_lost_deletion_is_reported_and_stops_the_person_until_it_is_cleared(
    office: SealOffice, asking: Asking, people: People, clerk: Clerk, books: asyncpg.Connection
) -> None:
    victim, neighbour = people.several(2)
    person = await clerk.holder(victim)
    assert await _certifies(asking, victim)
    # The register deletes the seal; its next file comes without the deletion, numbered as if nothing were missing.
    del office.source.seals[person]
    assert (await office.apply(office.source.difference([])))[0] == 0
    assert await _certifies(asking, victim), "nothing but a comparison can see this"

    code, said = await office.reconcile()
    assert (code, f"当方に残っている(削除の連携漏れか) / here, and not at the source: 1\n    {person}" in said) == (
        ANSWER_IS_NO,
        True,
    )
    assert (await _told(books))[:2] == ("feed/seal_differs", 1)
    assert await _refusals(asking, victim) == ["not_available", "not_available"]
    # Nobody else, and no other kind, is stopped for it.
    assert await _certifies(asking, neighbour)
    assert (await asking.issue(asking.installation.centres[0], asking.new(victim), tries=3)).certificate.pages >= 1

    code, said = await office.apply(office.source.full())
    assert (code, "変更1件" in said) == (0, True)
    code, said = await office.reconcile()
    assert (code, "1人の停止を解きました。" in said) == (0, True)
    assert await _refusals(asking, victim) == ["not_available", "not_available"]


async def test_mis_08_a_person_wrongly_missing_at_the_source_is_released_by_the_next_equal_comparison(
    office: SealOffice, asking: Asking, people: People, clerk: Clerk
) -> None:
    resident = people.one()
    person = await clerk.holder(resident)
    seal = office.source.seals.pop(person)
    assert (await office.reconcile())[0] == ANSWER_IS_NO
    assert await _refusals(asking, resident) == ["not_available", "not_available"]
    office.source.seals[person] = seal
    assert (await office.reconcile())[0] == 0
    assert await _certifies(asking, resident)


async def test_mis_08_a_file_that_is_lost_whole_is_waited_for(
    office: SealOffice, asking: Asking, people: People, clerk: Clerk, books: asyncpg.Connection
) -> None:
    resident = people.one()
    fed_at = "SELECT fed_at FROM issuance.source WHERE source = 'seal'"
    before = await books.fetchval(fed_at)
    lost, after = office.source.delete(await clerk.holder(resident)), office.source.difference([])
    code, said = await office.apply(after)
    assert (code, f"待ちます。先に{office.source.number - 1}番が必要です。" in said) == (ANSWER_IS_NO, True)
    assert await books.fetchval(fed_at) == before
    assert (await office.apply(lost, after))[0] == 0
    assert await books.fetchval(fed_at) > before
    assert await _refusals(asking, resident) == ["not_available", "not_available"]


async def _certifies(asking: Asking, sample: Sample) -> bool:
    """Whether each centre process gives this person a certificate of their own seal."""
    for centre in asking.installation.centres:
        delivery = await asking.issue(centre, for_seal(asking.new(sample)), tries=3)
        if sample.name not in "".join(pages_of(delivery.certificate.content)):
            return False
    return True


async def _refusals(asking: Asking, sample: Sample) -> list[str]:
    return [(await asking.refused(centre, for_seal(asking.new(sample)))).code for centre in asking.installation.centres]


async def _told(books: asyncpg.Connection) -> tuple[str, int, str]:
    row = await books.fetchrow(
        "SELECT cause, detail FROM history.alert WHERE cause LIKE 'feed/%' ORDER BY alert_id DESC"
    )
    count = "SELECT count(*) FROM history.source_difference AS d WHERE d.comparison_id = (SELECT max(comparison_id) FROM history.source_comparison)"
    assert row is not None
    return row["cause"], await books.fetchval(count), row["detail"]

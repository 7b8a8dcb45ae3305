"""MIS-06, the middle page.

Yokohama, 2023-03-27, 11:34 to 11:43: printing was slow, and a time-out let go of the order of the queue but not of the files.
Nine people received ten documents of eighteen others; where a document has several sheets, one sheet is enough.
Here documents of several pages are made side by side, and every page says whose it is and which of how many, and is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import cycle

import asyncpg
import pikepdf
import pytest

from kiosk_server.issuing.request import Certificate, IssuanceRequest, Kind
from tests.incidents.people import People
from tests.system.asking import Asking
from tests.system.installation import Installation
from tests.system.pages import feet, strangers
from tests.system.running import Sample

ROUNDS = 5
MANY_IN_KOSEKI = 4
HEADING = """
SELECT k.domicile, k.first_registrant
FROM issuance.credential AS c
JOIN issuance.koseki_member AS own
    ON own.municipality_code = c.municipality_code AND own.person_number = c.person_number AND NOT own.removed
JOIN issuance.koseki AS k ON k.municipality_code = own.municipality_code AND k.koseki_number = own.koseki_number
WHERE c.serial = $1 AND c.issuer_key_id = $2 AND (
    SELECT count(*) FROM issuance.koseki_member AS m
    WHERE m.municipality_code = k.municipality_code AND m.koseki_number = k.koseki_number
) >= $3
"""


@dataclass(frozen=True, slots=True)
class Document:
    """What is asked for, and the words that each of its pages must bear."""

    request: IssuanceRequest
    words: tuple[tuple[str, ...], ...]

    def again(self, request_id: str) -> IssuanceRequest:
        """The same, under an id of its own."""
        return replace(self.request, request_id=request_id)


@pytest.fixture
async def asking(installation: Installation) -> AsyncIterator[Asking]:
    async with Asking(installation) as asking:
        yield asking


async def koseki_of_three_pages(asking: Asking, samples: Iterator[Sample], books: asyncpg.Connection) -> Document:
    """The next whose koseki fills three pages; its heading stands on each."""
    for sample in samples:
        heading = await books.fetchrow(HEADING, sample.serial, sample.issuer_key_id, MANY_IN_KOSEKI)
        if heading is None:
            continue
        request = replace(asking.new(sample), kind=Kind.KOSEKI_FULL, persons="self")
        delivery = await asking.issue(asking.installation.centres[0], request, tries=5)
        if delivery.certificate.pages == 3:
            return Document(request, ((heading["domicile"], heading["first_registrant"]),) * 3)
    pytest.fail("no koseki of three pages is left in this city")


def household(asking: Asking, sample: Sample) -> Document:
    """世帯連記式, four persons a page."""
    names = sample.household
    return Document(asking.new(sample), tuple(names[first : first + 4] for first in range(0, len(names), 4)))


def one_by_one(asking: Asking, sample: Sample) -> Document:
    """個人票, one person a page."""
    request = replace(asking.new(sample), form="individual")
    return Document(request, tuple((name,) for name in sample.household))


async def documents(asking: Asking, people: People, books: asyncpg.Connection) -> Sequence[Document]:
    """Two koseki of three pages, a household of five, and a household of three one by one."""
    crowd = people.untouched()
    samples = iter(crowd)
    return (
        await koseki_of_three_pages(asking, samples, books),
        household(asking, next(one for one in crowd if len(one.household) == 5)),
        await koseki_of_three_pages(asking, samples, books),
        one_by_one(asking, next(one for one in crowd if len(one.household) == 3)),
    )


async def test_mis_06_every_page_of_documents_made_side_by_side_is_its_own(
    asking: Asking, people: People, books: asyncpg.Connection
) -> None:
    wanted = [one for _ in range(ROUNDS) for one in await documents(asking, people, books)]
    requests = [one.again(f"{one.request.request_id}-{turn}") for turn, one in enumerate(wanted)]
    centres = cycle(asking.installation.centres)
    deliveries = await asyncio.gather(*(asking.issue(next(centres), request, tries=20) for request in requests))
    assert len({delivery.certificate.issuance_number for delivery in deliveries}) == len(wanted)
    for document, delivery in zip(wanted, deliveries, strict=True):
        certificate = delivery.certificate
        assert certificate.pages == len(document.words)
        assert strangers(certificate.content, certificate.issuance_number, document.words) == []


async def test_mis_06_a_page_that_changed_hands_is_told(
    asking: Asking, people: People, books: asyncpg.Connection
) -> None:
    """The oracle itself: one page of another document, a page left out, and two pages in another order do not pass."""
    mine, family, theirs, _ = await documents(asking, people, books)
    certificates = [
        (
            await asking.issue(asking.installation.centres[0], one.again(f"{one.request.request_id}-o"), tries=5)
        ).certificate
        for one in (mine, family, theirs)
    ]
    own, _, other = certificates

    def wrong(*pages: tuple[Certificate, int]) -> list[str]:
        return strangers(bound(pages), own.issuance_number, mine.words)

    assert wrong((own, 0), (own, 1), (own, 2)) == []
    assert wrong((own, 0), (other, 1), (own, 2))[0] == f"page 2 is of {other.issuance_number}"
    assert wrong((own, 0), (certificates[1], 1), (own, 2))
    assert wrong((own, 0), (own, 2)) == ["2 pages, not 3", "page 2 says 3/3"]
    assert wrong((own, 1), (own, 0), (own, 2)) == ["page 1 says 2/3", "page 2 says 1/3"]
    assert [foot.place for foot in feet(own.content)] == [1, 2, 3]


def bound(pages: Sequence[tuple[Certificate, int]]) -> bytes:
    """A file of these pages, as careless stapling would make it."""
    file = BytesIO()
    with pikepdf.new() as stapled:
        for certificate, place in pages:
            with pikepdf.open(BytesIO(certificate.content)) as source:
                stapled.pages.append(source.pages[place])
        for page in stapled.pages:
            if "/Annots" in page:
                del page.Annots
        stapled.save(file)
    return file.getvalue()

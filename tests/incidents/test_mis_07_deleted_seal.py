"""MIS-07, the deleted seal.

Niigata, Saitama and Kumamoto, 2020-12 to 2023-05: certificates of seals whose registration had been deleted (廃印) went on being issued,
eleven of them, for up to two and a half years, because the deletion had not gone from the register to the issuing server.
Here a deletion that arrived refuses at once, and one that never arrives stops the kind when the source is past its age.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import asyncpg
import pikepdf
import pytest
from PIL import Image

import pdf
from keys.file_provider import FileKeyProvider
from kiosk_server.issuing.paper import PaperWorkers
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.issuing.request import IssuanceRequest, Kind
from kiosk_server.web.client import CentreProblem
from tests.incidents.people import People
from tests.issuing.city import city
from tests.issuing.fed import AGE_LIMIT, EVERY_KIND, Fed, open_kinds
from tests.issuing.meanwhile import waits_for_lock
from tests.servers import Database
from tests.system.asking import Asking
from tests.system.clerk import Clerk
from tests.system.installation import Installation
from tests.system.running import Sample

DELETE = "DELETE FROM issuance.seal_registration WHERE person_number = $1"
REGISTER = """
INSERT INTO issuance.seal_registration (
    municipality_code, person_number, registration_number, registered_on, name, birth_on, birth_text, address, image, image_sha256
)
SELECT municipality_code, person_number, $2, '2026-11-20', name, birth_on, birth_text, address, $3, $4
FROM issuance.resident_record WHERE person_number = $1
"""


def seal_on(content: bytes) -> bytes:
    """The pixels of the seal on the paper, as a library finds them that did not make it."""
    with pikepdf.open(BytesIO(content)) as file:
        (page,) = file.pages
        return page.Resources.XObject.RegisteredSeal.read_bytes()


def pixels(png: bytes) -> bytes:
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGB").tobytes()


# On the running service ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def asking(installation: Installation) -> AsyncIterator[Asking]:
    async with Asking(installation) as asking:
        yield asking


@pytest.fixture
async def feed(installation: Installation) -> AsyncIterator[asyncpg.Connection]:
    """What applies files, as its own role."""
    connection = await installation.connect("sync")
    try:
        yield connection
    finally:
        await connection.close()


def seal_of(asking: Asking, sample: Sample) -> IssuanceRequest:
    return replace(asking.new(sample), kind=Kind.SEAL_REGISTRATION, persons="self")


async def test_mis_07_a_seal_deleted_at_t_is_refused_at_t_by_every_process(
    asking: Asking, people: People, clerk: Clerk, feed: asyncpg.Connection
) -> None:
    sample = people.one()
    holder = await clerk.holder(sample)
    first = await asking.issue(asking.installation.centres[0], seal_of(asking, sample), tries=5)
    await feed.execute(DELETE, holder)
    problems = [await asking.refused(centre, seal_of(asking, sample)) for centre in asking.installation.centres]
    assert {problem.code for problem in problems} == {"not_available"}
    assert (await asking.refused(asking.installation.centres[1], first.request)).code == "not_available"


async def test_mis_07_a_new_registration_prints_the_new_seal_alone(
    asking: Asking, people: People, clerk: Clerk, feed: asyncpg.Connection, books: asyncpg.Connection
) -> None:
    sample = people.one()
    holder = await clerk.holder(sample)
    old = await books.fetchval("SELECT image FROM issuance.seal_registration WHERE person_number = $1", holder)
    before = await asking.issue(asking.installation.centres[0], seal_of(asking, sample), tries=5)
    new = pdf.draw_registered_seal("新印")
    async with feed.transaction():
        await feed.execute(DELETE, holder)
        await feed.execute(REGISTER, holder, "new", new, sha256(new).digest())
    after = [await asking.issue(centre, seal_of(asking, sample), tries=5) for centre in asking.installation.centres]
    assert seal_on(before.certificate.content) == pixels(old)
    assert {seal_on(one.certificate.content) for one in after} == {pixels(new)}
    sequences = await books.fetch(
        "SELECT s.sequence, s.age >= interval '0' AS known FROM history.issuance_source AS s "
        "WHERE s.source = 'seal' AND s.issuance_number = ANY ($1) ORDER BY 1",
        [one.certificate.issuance_number for one in (before, *after)],
    )
    assert [row["sequence"] for row in sequences] == [1, 3, 3]
    assert all(row["known"] for row in sequences)


async def test_mis_07_a_deletion_between_many_requests_is_never_overtaken(
    asking: Asking, people: People, clerk: Clerk, feed: asyncpg.Connection, books: asyncpg.Connection
) -> None:
    sample = people.one()
    holder = await clerk.holder(sample)

    async def ask(turn: int) -> str:
        centre = asking.installation.centres[turn % 2]
        try:
            return (await asking.issue(centre, seal_of(asking, sample), tries=20)).certificate.issuance_number
        except CentreProblem as problem:
            return problem.code

    async def delete() -> datetime:
        await feed.execute(DELETE, holder)
        return datetime.now(UTC)

    *answers, deleted = await asyncio.gather(*(ask(turn) for turn in range(12)), delete())
    assert isinstance(deleted, datetime)
    assert (await asking.refused(asking.installation.centres[0], seal_of(asking, sample))).code == "not_available"
    issued = [answer for answer in answers if answer != "not_available"]
    permitted = "SELECT permitted_at FROM issuance.intent WHERE state = 'recorded' AND issuance_number = ANY ($1)"
    permits = [row["permitted_at"] for row in await books.fetch(permitted, issued)]
    assert len(permits) == len(issued)
    assert all(permit < deleted for permit in permits)


# With a clock that stands where the test puts it --------------------------------------------------------------------------


@pytest.fixture
async def fed(database: Database, keys: FileKeyProvider, paper: PaperWorkers) -> AsyncIterator[Fed]:
    """One resident, 101, with a seal; the source was fed just now."""
    async with city(database, keys, paper) as made:
        await made.registry.family("900", "101")
        await made.project()
        fed = await open_kinds(made)
        await fed.register_seal("101", "足利太郎")
        await fed.fed("seal", made.clock.now)
        yield fed


async def outcome(fed: Fed) -> str:
    """How a request made now ends: issued, or the refusal's code."""
    card = await fed.card("101")
    try:
        certificate = await fed.city.issuing.issue(EVERY_KIND, fed.request(Kind.SEAL_REGISTRATION, card))
    except Refusal as refusal:
        return refusal.code
    assert certificate.pages == 1
    return "issued"


@pytest.mark.parametrize(
    ("after", "ends"),
    [
        (timedelta(0), "issued"),
        (AGE_LIMIT - timedelta(seconds=1), "issued"),
        (AGE_LIMIT, RefusalCode.NOT_FRESH),
        (AGE_LIMIT + timedelta(seconds=1), RefusalCode.NOT_FRESH),
    ],
)
async def test_mis_07_a_deletion_that_never_arrives_stops_the_kind_when_the_source_is_past_its_age(
    fed: Fed, after: timedelta, ends: str
) -> None:
    """The register deleted the seal just after the last file: nobody here can know, so the age of what is known decides."""
    fed.city.clock.advance(seconds=after.total_seconds())
    assert await outcome(fed) == ends


async def test_mis_07_the_next_file_brings_the_lost_deletion_and_refuses(fed: Fed) -> None:
    fed.city.clock.advance(seconds=AGE_LIMIT.total_seconds() + 1)
    assert await outcome(fed) == RefusalCode.NOT_FRESH
    async with fed.sync.transaction():
        await fed.delete_seal("101")
        await fed.fed("seal", fed.city.clock.now)
    assert await outcome(fed) == RefusalCode.NOT_AVAILABLE


async def a_batch_that_fails(fed: Fed) -> None:
    """It deletes the seal, says so, and then holds the same new registration twice."""
    async with fed.sync.transaction():
        await fed.delete_seal("101")
        await fed.fed("seal", fed.city.clock.now)
        await fed.register_seal("102", "足利花子")
        await fed.register_seal("102", "足利花子")


async def test_mis_07_a_batch_that_failed_leaves_nothing_half_done_and_does_not_make_the_source_newer(fed: Fed) -> None:
    fed.city.clock.advance(seconds=AGE_LIMIT.total_seconds() - 1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await a_batch_that_fails(fed)
    assert await outcome(fed) == "issued"
    fed.city.clock.advance(seconds=1)
    assert await outcome(fed) == RefusalCode.NOT_FRESH
    async with fed.sync.transaction():
        await fed.delete_seal("101")
        await fed.fed("seal", fed.city.clock.now)
    assert await outcome(fed) == RefusalCode.NOT_AVAILABLE


async def test_mis_07_a_deletion_being_written_holds_the_permit_until_it_is_known(fed: Fed) -> None:
    card = await fed.card("101")
    writing = fed.sync.transaction()
    await writing.start()
    await fed.delete_seal("101")
    asking = asyncio.create_task(fed.city.issuing.issue(EVERY_KIND, fed.request(Kind.SEAL_REGISTRATION, card)))
    admin = await fed.city.database.connect()
    assert await waits_for_lock(admin, asking)
    await writing.commit()
    with pytest.raises(Refusal) as caught:
        await asking
    assert caught.value.reason == "no_seal_registered"

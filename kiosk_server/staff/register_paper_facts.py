"""What stands against a paper of the counter, and what it says: read under the locks that every event takes."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import asyncpg

import pdf
from civil.errors import KioskError
from issuance_db.city import CitySettings, city_on
from issuance_db.suppressions import suppressed_persons
from kiosk_server.counter_making import AskedPaper, Facts, draw_paper, read_facts
from kiosk_server.counter_papers import Drawn
from kiosk_server.staff.register import inquirer_of_page
from kiosk_server.staff.specimen import why_not_drawn
from kiosk_server.staff.visit import Visit
from registry.residents import (
    CertificateFacts,
    Inquirer,
    MoveOutFacts,
    NoticeFacts,
    PersonRecord,
    drafts_about,
    protected_among,
    read_my_numbers,
    temporary_releases,
)


class NotReleased(KioskError):
    """支援措置の対象者が含まれます。責任者に内容を確かめてもらい、対象者(名前だけ載る世帯主も)の画面で一時解除を受けてください。解除した人は自分では作成できません。 /
    Somebody under a protective measure is on it. Ask a supervisor for a temporary release on the page of whoever is protected, a head who is only named too; who releases does not make the paper."""


class DraftWaits(KioskError):
    """この人か世帯に、本登録されていない異動(仮登録)があります。本登録か取下げのあとに作成するか、「仮登録の前の記載で作る」を選んでください。 /
    An event about this person or household waits as a draft. Make the paper after it is recorded or withdrawn, or choose to make it as the record is now."""


class PaperMoved(KioskError):
    """確かめたあとで、記載か日付が変わりました。何も作っていません。住民の画面から、もう一度作成してください。 /
    The record or the day moved after you looked. Nothing was made. Begin again on the page of the person."""


class PaperNotDrawn(KioskError):
    """この書類は印字できません。 / This paper cannot be drawn."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A paper that may be made: what it says, who released it, and a digest of all that it says and of its day."""

    facts: Facts
    settings: CitySettings
    released_by: str | None
    digest: str


async def ready(
    visit: Visit, register: asyncpg.Connection, asked: AskedPaper, why: str, fields: Mapping[str, str]
) -> Ready:
    """Read it in the running transaction. Raises NotReleased, DraftWaits, and what the register's functions raise."""
    # Connected before the locks are taken: whoever waits for them may hold every other connection.
    async with visit.database() as connection:
        asker = inquirer_of_page(visit, why)
        facts = await read_facts(register, visit.city, asked, asker, visit.now, is_released=True)
        settings = await city_on(connection, visit.city, "resident_record", "terminal", visit.today)
        in_front = await suppressed_persons(connection, visit.city)
    protected = await protected_among(register, visit.city, facts.shown) | (facts.shown & in_front)
    released_by = await _released_by(visit, register, protected) if protected else None
    people = [one.record for one in facts.people] if isinstance(facts, CertificateFacts) else []
    about = concerned(people, facts.shown)
    if "despite_drafts" not in fields and await drafts_about(register, visit.city, about):
        raise DraftWaits
    assert settings is not None, "an account is of a city"  # noqa: S101 - it cannot be otherwise
    return Ready(facts, settings, released_by, _digest(facts, visit))


async def with_my_numbers(
    visit: Visit, register: asyncpg.Connection, found: Ready, asker: Inquirer, number: str
) -> Ready:
    """With the My Numbers that the paper prints, each read recorded in the running transaction. Raises NoRight."""
    facts = found.facts
    if not isinstance(facts, MoveOutFacts):
        return found
    persons, paper = [one.person_number for one in facts.people], (facts.notice.value, number)
    numbers = await read_my_numbers(
        register, visit.city, persons, facts.as_of, visit.console.keys, asker, paper, visit.now
    )
    return replace(found, facts=replace(facts, my_numbers=numbers))


async def drawn(visit: Visit, asked: AskedPaper, found: Ready, number: str, *, is_preview: bool = False) -> Drawn:
    """The paper, drawn in a thread. Raises PaperNotDrawn, which names the item, and NoMayorOrSeal."""
    try:
        return await asyncio.to_thread(
            draw_paper, asked, found.facts, number, visit.city, found.settings, visit.now, is_preview=is_preview
        )
    except (pdf.GlyphMissing, pdf.TextOverflow) as refused:
        ja, en = why_not_drawn(refused)
        message = f"印字できません: {ja}。 / It cannot be drawn: {en}."
        raise PaperNotDrawn(message) from None


async def _released_by(visit: Visit, register: asyncpg.Connection, protected: Collection[str]) -> str:
    releases = await temporary_releases(register, visit.city, protected, visit.now)
    # Whoever releases and whoever makes the paper are two persons.
    by = {
        one.person_number: one.staff
        for one in releases
        if one.stands(visit.now) and one.staff != visit.session.account_id
    }
    if set(protected) - by.keys():
        raise NotReleased
    return "、".join(sorted(set(by.values())))


def concerned(records: Sequence[PersonRecord], others: Collection[str] = ()) -> Mapping[str, int]:
    """The keys by which drafts are found: of these people with their households, and of others by number."""
    persons = {*others, *(one.person_number for one in records)}
    households = {one.household_number for one in records}
    return {**{f"person/{one}": 0 for one in persons}, **{f"household/{one}": 0 for one in households}}


def _digest(facts: Facts, visit: Visit) -> str:
    if isinstance(facts, NoticeFacts):
        told: object = (facts.notice, facts.to, facts.postal_code, facts.address, facts.rows)
    elif isinstance(facts, MoveOutFacts):
        told = (facts.notice, facts.people, facts.head_name, facts.rows, facts.rows_of, facts.is_reissue)
    else:
        told = (facts.people, facts.head_name, facts.is_whole_household, facts.is_removed)
    return sha256(repr((visit.today, told)).encode()).hexdigest()

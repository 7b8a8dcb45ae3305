"""Making a paper of the counter from what was asked for to what is kept: the same for commands and screens (S1-3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

import asyncpg

from issuance_db.city import CitySettings
from kiosk_server.counter_papers import (
    WITH_MY_NUMBER,
    Drawn,
    certificate,
    move_out_certificate,
    notice_letter,
    statement,
)
from registry.residents import (
    CertificateFacts,
    Inquirer,
    MoveOutFacts,
    Notice,
    NoticeFacts,
    Paper,
    PastOf,
    certificate_facts,
    move_out_facts,
    notice_facts,
)

Facts = CertificateFacts | NoticeFacts | MoveOutFacts


@dataclass(frozen=True, slots=True)
class AskedCertificate:
    """住民票の写し or 除票の写し: of whom (宛名番号), with which items and which history; or the statement of the same (記載事項証明書)."""

    persons: tuple[str, ...]
    options: frozenset[str] = frozenset()
    past: frozenset[PastOf] = frozenset()
    is_statement: bool = False


@dataclass(frozen=True, slots=True)
class AskedNotice:
    """A notice that an event hands to a person (宛名番号)."""

    event_id: int
    person: str
    notice: Notice


AskedPaper = AskedCertificate | AskedNotice


@dataclass(frozen=True, slots=True)
class Handing:
    """Who makes it and why, who it is handed to, by which document they were known, and who released a protected person's."""

    maker: Inquirer
    handed_to: str
    identity_document: str
    released_by: str | None = None


async def read_facts(
    connection: asyncpg.Connection, city: str, asked: AskedPaper, maker: Inquirer, now: datetime, *, is_released: bool
) -> Facts:
    """What it will say; nothing of it changes before the transaction ends. Raises what the register's functions raise."""
    if isinstance(asked, AskedNotice):
        if prints_my_number(asked):
            return await move_out_facts(
                connection, city, asked.event_id, asked.person, asked.notice, maker, now, is_released=is_released
            )
        return await notice_facts(
            connection, city, asked.event_id, asked.person, asked.notice, maker, now, is_released=is_released
        )
    return await certificate_facts(connection, city, asked.persons, asked.past, maker, now, is_released=is_released)


def prints_my_number(asked: AskedPaper) -> TypeGuard[AskedNotice]:
    """Whether a My Number stands on it, which is a right of its own."""
    return isinstance(asked, AskedNotice) and asked.notice in WITH_MY_NUMBER.values()


def draw_paper(
    asked: AskedPaper, facts: Facts, number: str, code: str, settings: CitySettings, now: datetime, *,
    is_preview: bool = False,
) -> Drawn:  # fmt: skip
    """The paper; a preview is marked 見本 across every page. Raises what `kiosk_server.counter_papers` raises."""
    if isinstance(facts, NoticeFacts):
        return notice_letter(facts, number, settings, now, is_preview=is_preview)
    if isinstance(facts, MoveOutFacts):
        return move_out_certificate(facts, number, code, settings, now, is_preview=is_preview)
    options = asked.options if isinstance(asked, AskedCertificate) else frozenset[str]()
    draw = statement if isinstance(asked, AskedCertificate) and asked.is_statement else certificate
    return draw(facts, options, number, code, settings, now, is_preview=is_preview)


def paper_of(asked: AskedPaper, facts: Facts, drawn: Drawn, number: str, handing: Handing) -> Paper:
    """As it is kept."""
    persons: tuple[str, ...] = (asked.person,) if isinstance(asked, AskedNotice) else asked.persons
    options: tuple[str, ...] = ()
    if isinstance(facts, MoveOutFacts):
        persons = tuple(one.person_number for one in facts.people)
        options = ("my_number", *(("reissue",) if facts.is_reissue else ()))
    if isinstance(asked, AskedCertificate):
        options = (*sorted(asked.options), *sorted(f"past:{one}" for one in asked.past))
    event_id = asked.event_id if isinstance(asked, AskedNotice) else None
    return Paper(
        number, kind_of(asked, facts), persons, options, handing.handed_to, handing.identity_document, handing.released_by, drawn.pages, drawn.content,
        event_id,
    )  # fmt: skip


def kind_of(asked: AskedPaper, facts: Facts) -> str:
    """What the paper is called in the books."""
    if not isinstance(facts, CertificateFacts):
        return facts.notice.value
    record = "除票" if facts.is_removed else "住民票"
    return (
        f"{record}記載事項証明書" if isinstance(asked, AskedCertificate) and asked.is_statement else f"{record}の写し"
    )

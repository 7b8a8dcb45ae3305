"""A test issue: what a kiosk would print now, marked 見本 across every page. It is in no books: no number, no seal code, no signature, no fee."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

import asyncpg

import pdf
from cardauth import Authenticated, CredentialIndex, RefOwner, UserId, UserIdKey
from civil.calendar import jst_date
from civil.errors import KioskError
from issuance_db import city
from keys.provider import KeyProvider
from kiosk_server.issuing.asked import Asked
from kiosk_server.issuing.findings import RecordContradictsItself, RecordMoved
from kiosk_server.issuing.kinds import KINDS
from kiosk_server.issuing.kinds.kind import Moment
from kiosk_server.issuing.refusal import Refusal
from kiosk_server.issuing.request import (
    Caller,
    Channel,
    IssuanceRequest,
    Kind,
    ResidentRecordOptions,
    ResidentStatementOptions,
    Terminal,
)
from kiosk_server.staff.availability import against
from kiosk_server.staff.holding import item_words
from kiosk_server.staff.reasons import reason_words
from kiosk_server.staff.terms import Term

NUMBER: Final = "00000000-00-00000000-0"
"""In place of an issuance number; none is ever given out like it."""
_NAME: Final = "specimen"
_MARKED: Final = "demo"
"""What a city must be for its paper to be marked (`kiosk_server.issuing.kinds.kind.Certifying`)."""
_WHOM: Final[Mapping[Kind, Literal["household", "koseki", "self"]]] = {
    Kind.RESIDENT_RECORD: "household",
    Kind.RESIDENT_STATEMENT: "household",
    Kind.KOSEKI_SUPPLEMENT: "koseki",
}


class NotPrintable(KioskError):
    """見本を作れません。 / No specimen can be made."""


async def specimen_of(
    connection: asyncpg.Connection,
    municipality_code: str,
    person_number: str,
    kind: Kind,
    keys: KeyProvider,
    now: datetime,
) -> pdf.Snapshot:
    """What the kind's paper would say of the person (宛名番号) at ``now`` (UTC). No My Number is read.

    Raises NotPrintable, with the reason that a kiosk would refuse for.
    """
    settings = await city.city_on(connection, municipality_code, kind, Channel.CENTRE, jst_date(now))
    if settings is None or settings.fee_yen is None:
        raise _not_printable("kind_not_offered")
    moment = Moment(now, now, replace(settings, marker=_MARKED), keys)
    try:
        if (hindered := await against(connection, municipality_code, person_number, kind, keys, now)) is not None:
            raise _not_printable(hindered)
        owner = RefOwner(municipality_code, _NAME, b"")
        offer = await KINDS[kind].offer(connection, owner, person_number, moment)
        choice = offer.choices[0].choice if offer.choices else None
        reading = await KINDS[kind].read(connection, _asked(municipality_code, person_number, kind, choice), moment)
        return reading.snapshot(NUMBER)
    except Refusal as refusal:
        raise _not_printable(refusal.reason) from None
    except RecordMoved:
        raise _not_printable("record_behind_registry") from None
    except RecordContradictsItself:
        raise _not_printable("record_contradicts_itself") from None


async def drawn(snapshot: pdf.Snapshot) -> bytes:
    """The PDF, in a thread. Raises NotPrintable, naming the item that cannot be drawn or does not fit."""
    try:
        return await asyncio.to_thread(_draw, snapshot)
    except (pdf.GlyphMissing, pdf.TextOverflow) as refused:
        ja, en = why_not_drawn(refused)
        raise NotPrintable(f"{ja}。 / {en}.") from None


def why_not_drawn(refused: pdf.GlyphMissing | pdf.TextOverflow) -> Term:
    """Which item it is, and what is wrong with it."""
    ja, en = item_words(refused.field)
    if isinstance(refused, pdf.GlyphMissing):
        return f"「{ja}」の文字を印字できません", f"{en} has a character that cannot be drawn"
    return f"「{ja}」の欄に収まりません", f"{en} does not fit its box"


def _draw(snapshot: pdf.Snapshot) -> bytes:
    fonts = pdf.FontChain()
    return pdf.compose(snapshot, pdf.plan(snapshot, fonts), fonts).content


def _asked(municipality_code: str, person_number: str, kind: Kind, choice: str | None) -> Asked:
    whom = _WHOM.get(kind, "self")
    is_statement = kind is Kind.RESIDENT_STATEMENT
    request = IssuanceRequest(
        _NAME, municipality_code, Terminal(_NAME, _NAME, _NAME), UserId(_NAME, "0000"), kind, whom,
        ResidentStatementOptions() if is_statement else ResidentRecordOptions(relationship=True), choice=choice,
    )  # fmt: skip
    nobody = Authenticated(UserIdKey(_NAME), CredentialIndex((b"",), b""), person_number)
    return Asked(Caller(_NAME, municipality_code, Channel.CENTRE, frozenset(Kind)), request, nobody, whom)


def _not_printable(reason: str) -> NotPrintable:
    ja, en = reason_words(reason, sees_protection=True)
    return NotPrintable(f"見本を作れません: {ja}。 / No specimen can be made: {en}.")

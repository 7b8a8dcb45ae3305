"""Papers of the counter, composed from facts that the registry supplies: certificates by the form of kiosks, and letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

import pdf
from civil.calendar import jst_date, wareki
from civil.errors import KioskError
from issuance_db.city import CitySettings
from kiosk_server.issuing.kinds.kind import Certifying
from registry.residents import CertificateFacts, CertifiedPerson, MoveOutFacts, Notice, NoticeFacts, PersonRecord

OPTIONS: Final = tuple(field.name for field in fields(pdf.ResidentOptions) if field.name != "my_number")
"""What may be asked for as at a kiosk; the My Number is printed on what an event hands out alone."""
CHOICES: Final = (*OPTIONS, "resident_code")
"""With what kiosks never print."""
STATEMENT_ITEMS: Final = tuple(
    field.name for field in fields(pdf.StatementItems) if field.name not in {*OPTIONS, "my_number"}
)
"""What a 住民票記載事項証明書 states only where it is chosen."""


class NoMayorOrSeal(KioskError):
    """市長名または公印が登録されていません。kiosk city apply で登録してください。 / No mayor or seal is set. Store them with kiosk city apply."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper and how many pages it has."""

    content: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class Saying:
    """What a notice is called, and what it says."""

    title: str
    body: Sequence[str]


_SAYINGS: Final = {
    Notice.RESIDENT_CODE: Saying("住民票コード通知票", (
        "あなたの住民票に、次の住民票コードを記載しましたので通知します。", "この番号を、むやみに他人に知らせないでください。",
    )),
    Notice.RESIDENT_CODE_CHANGE: Saying("住民票コード変更通知票", (
        "あなたの住民票コードを、次のとおり変更しましたので通知します。", "これまでの住民票コードは使えません。",
    )),
    Notice.EX_OFFICIO: Saying("職権記載等通知書", (
        "住民基本台帳法第８条の規定により、あなたの住民票に職権で次のとおり", "記載、修正または消除をしましたので通知します。",
    )),
    Notice.HEAD_CHANGED: Saying("世帯主変更通知書", ("世帯主を次のとおり変更しましたので通知します。",)),
    Notice.HEAD_CHANGE_REQUEST: Saying("世帯主変更依頼通知書", (
        "あなたの世帯の世帯主について、次の異動がありました。", "新しい世帯主を決めて、世帯主変更の届出(住民基本台帳法第２５条)をしてください。",
    )),
    Notice.RECEIPT: Saying("住民異動届受理通知", (
        "次のとおり住民異動の届出を受理しましたので通知します。", "お心当たりがないときは、至急、下記へご連絡ください。",
    )),
}  # fmt: skip
NOTICES: Final = {notice.name.lower(): notice for notice in _SAYINGS}
"""The notices that can be drawn, by the name they are asked for."""
_MOVE_OUTS: Final[Mapping[Notice, type[pdf.ResidentStatementSnapshot]]] = {
    Notice.MOVE_OUT_CERTIFICATE: pdf.MoveOutSnapshot,
    Notice.LIKE_MOVE_OUT_CERTIFICATE: pdf.LikeMoveOutSnapshot,
}
WITH_MY_NUMBER: Final = {notice.name.lower(): notice for notice in _MOVE_OUTS}
"""What an event hands out and a My Number is printed on, by name: for screens, which know who has the right to it."""
_BLANK: Final = "【空欄】"
_MASKED: Final = "＊＊＊＊ ＊＊＊＊ ＊＊＊＊"
_ON_MOVE_OUT: Final = frozenset(OPTIONS)


def certificate(
    facts: CertificateFacts, options: frozenset[str], number: str, code: str, city: CitySettings, now: datetime, *,
    is_preview: bool = False,
) -> Drawn:  # fmt: skip
    """The certificate, composed and inspected as a kiosk's; it is printed, not signed. `resident_code` is an option here.

    `is_preview`: 見本 stands across every page, as it does in a demo.

    Raises NoMayorOrSeal, pdf.SnapshotInvalid, pdf.GlyphMissing, pdf.TextOverflow, pdf.InspectionFailed.
    """
    certifying = _certifying(city, now, is_preview=is_preview)
    snapshot = pdf.ResidentRecordSnapshot(
        issuance_number=number, issued_at=now, municipality_code=code, municipality_name=city.name, form="individual",
        whole_household=facts.is_whole_household, head_name=facts.head_name or "", address=facts.people[0].record.full_address,
        persons=tuple(_printed(one.record) for one in facts.people),
        options=pdf.ResidentOptions(my_number=False, **{name: name in options for name in OPTIONS}),
        mayor=certifying.mayor, official_seal=certifying.official_seal, specimen=certifying.specimen, salt=certifying.salt,
    )  # fmt: skip
    fonts = pdf.FontChain()
    pages = pdf.counter_plan(snapshot, [_notes(one, options) for one in facts.people], fonts)
    return _drawn(snapshot, pages, fonts)


def statement(
    facts: CertificateFacts, items: frozenset[str], number: str, code: str, city: CitySettings, now: datetime, *,
    is_preview: bool = False,
) -> Drawn:  # fmt: skip
    """住民票記載事項証明書 or, of a removed person, 除票記載事項証明書, by the form of kiosks: the items chosen alone. Raises as `certificate` does."""
    records = [one.record for one in facts.people]
    make, notes = pdf.ResidentStatementSnapshot, pdf.StatementNotes()
    if facts.is_removed:
        make, notes = pdf.RemovedStatementSnapshot, pdf.StatementNotes(people=(_removal(facts.people[0], items),))
    making = _Making(number, code, city, now, is_preview)
    return _stated(make, records, facts.head_name, items, notes, making)


def move_out_certificate(
    facts: MoveOutFacts, number: str, code: str, city: CitySettings, now: datetime, *, is_preview: bool = False
) -> Drawn:
    """転出証明書 or 転出証明書に準ずる証明書; a preview has no My Number. Raises as `certificate` does."""
    assert is_preview or facts.my_numbers is not None, "a certificate without its My Numbers"  # noqa: S101 - it cannot be otherwise
    told = zip(facts.people, facts.rows_of, strict=True)
    people = tuple((("個人番号", _my_number(facts, one)), *rows) for one, rows in told)
    head = tuple((label, text or _BLANK) for label, text in facts.rows)
    notes = pdf.StatementNotes(head, people, "（再交付）" if facts.is_reissue else None)
    making = _Making(number, code, city, now, is_preview)
    return _stated(_MOVE_OUTS[facts.notice], facts.people, facts.head_name, _ON_MOVE_OUT, notes, making)


def notice_letter(
    facts: NoticeFacts, number: str, city: CitySettings, now: datetime, *, is_preview: bool = False
) -> Drawn:
    """The letter, on one page, marked as certificates are. Raises NoMayorOrSeal, pdf.GlyphMissing, pdf.TextOverflow."""
    certifying, saying = _certifying(city, now, is_preview=is_preview), _SAYINGS[facts.notice]
    mayor = certifying.mayor
    postal = "" if facts.postal_code is None else f"〒{facts.postal_code[:3]}-{facts.postal_code[3:]}"
    letter = pdf.Letter(
        saying.title, number, wareki(jst_date(now)), postal, facts.address, f"{facts.to}　様", f"{mayor.title}　{mayor.name}",
        saying.body, facts.rows, f"お問い合わせ　{city.name}　市民課", certifying.specimen,
    )  # fmt: skip
    return Drawn(pdf.letter_paper(letter, pdf.FontChain()), 1)


@dataclass(frozen=True, slots=True)
class _Making:
    """Under which number, in which city and when; a preview is marked."""

    number: str
    code: str
    city: CitySettings
    now: datetime
    is_preview: bool


def _stated(
    make: type[pdf.ResidentStatementSnapshot], records: Sequence[PersonRecord], head_name: str | None, items: frozenset[str],
    notes: pdf.StatementNotes, making: _Making,
) -> Drawn:  # fmt: skip
    certifying = _certifying(making.city, making.now, is_preview=making.is_preview)
    chosen = {name: name in items for name in (*OPTIONS, *STATEMENT_ITEMS)}
    snapshot = make(
        issuance_number=making.number, issued_at=making.now, municipality_code=making.code,
        municipality_name=making.city.name, head_name=head_name or "", address=records[0].full_address,
        persons=tuple(map(_printed, records)), options=pdf.StatementItems(my_number=False, **chosen),
        mayor=certifying.mayor, official_seal=certifying.official_seal, specimen=certifying.specimen, salt=certifying.salt,
    )  # fmt: skip
    fonts = pdf.FontChain()
    return _drawn(snapshot, pdf.counter_statement_plan(snapshot, notes, fonts), fonts)


def _my_number(facts: MoveOutFacts, one: PersonRecord) -> str:
    if facts.my_numbers is None:
        return _MASKED
    number = facts.my_numbers.get(one.person_number)
    return _BLANK if number is None else f"{number[:4]} {number[4:8]} {number[8:]}"


def _removal(one: CertifiedPerson, items: frozenset[str]) -> tuple[pdf.Note, ...]:
    """消除, and where to if earlier addresses are stated."""
    notes = _notes(one, items)
    moved_to = notes.moved_to if "previous_address" in items else None
    return tuple((label, text) for label, text in (("消除", notes.removed), ("転出先", moved_to)) if text is not None)


def _drawn(snapshot: pdf.Snapshot, pages: Sequence[pdf.PagePlan], fonts: pdf.FontChain) -> Drawn:
    document = pdf.compose(snapshot, pages, fonts)
    return Drawn(document.content, pdf.inspect(document.content, pages, fonts).page_count)


def _certifying(city: CitySettings, now: datetime, *, is_preview: bool) -> Certifying:
    if city.mayor_title is None or city.seal_image is None:
        raise NoMayorOrSeal
    certifying = Certifying.on(now, city)
    return replace(certifying, specimen=certifying.specimen or is_preview)


def _printed(record: PersonRecord) -> pdf.PrintedPerson:
    category = record.article_30_45_category
    return pdf.PrintedPerson(
        person_number=record.person_number, name=record.name, furigana=record.furigana,
        former_surname=record.former_surname, former_surname_furigana=record.former_surname_furigana, alias=record.alias,
        birth=record.birth, sex=record.sex, relationship=record.relationship, domicile=record.domicile,
        first_registrant=record.first_registrant, resident_since=record.resident_since, address_since=record.address_since,
        notified_on=record.address_notified_on, address_before_move_in=record.address_before_move_in,
        address_before_move=record.address_before_move, nationality=record.nationality,
        foreign_resident_since=record.foreign_resident_since, my_number=None, is_foreign=record.nationality is not None,
        article_30_45=None if category is None else pdf.Article30_45(
            category, record.residence_status, record.residence_period, record.residence_expires_on, record.residence_card_number,
        ),
    )  # fmt: skip


def _notes(one: CertifiedPerson, options: frozenset[str]) -> pdf.CounterNotes:
    record = one.record
    removed = None if record.removed is None else f"{record.removed.printed_wareki()}　{record.removal_reason}"
    past = tuple(
        pdf.PastLine(item.occurred.printed_wareki(), f"{item.event_name}　{item.item_name}（変更前）　{item.before}")
        for item in one.past
    )
    moved_to = record.further.get("settled_address") or record.move_out_address if removed is not None else None
    code = record.resident_code if "resident_code" in options else None
    return pdf.CounterNotes(code, removed, None if moved_to is None else str(moved_to), past)

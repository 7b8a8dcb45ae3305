"""What each field of the form says. 【省略】: not asked for. 【空欄】: asked for, or always printed, but not recorded.

Dates are 和暦, except a foreign resident's birth and 在留期間の満了の日, which are 西暦 (住民記録システム標準仕様書).
"""

from datetime import date

from civil.calendar import jst_date, seireki, wareki
from civil.recorded_date import RecordedDate
from pdf.certified import Certified
from pdf.layout import is_blank
from pdf.resident_statement_snapshot import ResidentStatementSnapshot
from pdf.snapshot import Article30_45, PrintedPerson, ResidentOptions, ResidentRecordSnapshot

OMITTED = "【省略】"
BLANK = "【空欄】"
_SECOND_NAMES = frozenset(("alias", "former_surname", "former_surname_furigana"))
_NOT_RECORDED = Article30_45("", None, None, None, None)
_WHOLE_HOUSEHOLD = "この写しは、世帯全員の住民票の原本と相違ないことを証明する。"
_SOME_PERSONS = "この写しは、住民票の原本と相違ないことを証明する。"


def certification_sentence(snapshot: ResidentRecordSnapshot) -> str:
    """認証文, for the last page only."""
    return _WHOLE_HOUSEHOLD if snapshot.whole_household else _SOME_PERSONS


def issue_date(snapshot: Certified) -> str:
    """The JST date of issue in 和暦."""
    return wareki(jst_date(snapshot.issued_at))


def head_values(snapshot: ResidentRecordSnapshot | ResidentStatementSnapshot) -> dict[str, str]:
    """住所 and 世帯主; the head's name belongs to the option `relationship`."""
    return {
        "address": _recorded_text(snapshot.address),
        "head_name": _optional(snapshot.head_name, asked=snapshot.options.relationship),
    }


def person_values(person: PrintedPerson, options: ResidentOptions) -> dict[str, str]:
    """Field id to text. Names that are not registered (フリガナ, 旧氏, 通称) are absent."""
    values = _registered_names(person) | {
        "name": _recorded_text(person.name),
        "birth": person.printed_birth,
        "sex": person.sex.printed,
        "relationship": _optional(person.relationship, asked=options.relationship),
        "my_number": _optional(_grouped(person.my_number), asked=options.my_number),
        "address_since": _recorded(person.address_since),
        "notified_on": wareki(person.notified_on) if person.notified_on else BLANK,
        "address_before_move_in": _recorded_text(person.address_before_move_in),
        "address_before_move": _recorded_text(person.address_before_move),
    }
    return values | (_foreign(person, options) if person.is_foreign else _japanese(person, options))


def second_names(person: PrintedPerson) -> frozenset[str]:
    """Which of 旧氏, its フリガナ and 通称 are registered, by field."""
    return frozenset(_registered_names(person)) & _SECOND_NAMES


def _registered_names(person: PrintedPerson) -> dict[str, str]:
    names = {
        "furigana": person.furigana,
        "former_surname": person.former_surname,
        "former_surname_furigana": person.former_surname_furigana,
        "alias": person.alias,
    }
    return {field: name for field, name in names.items() if name is not None and not is_blank(name)}


def _japanese(person: PrintedPerson, options: ResidentOptions) -> dict[str, str]:
    return {
        "domicile": _optional(person.domicile, asked=options.domicile),
        "first_registrant": _optional(person.first_registrant, asked=options.domicile),
        "resident_since": _recorded(person.resident_since),
    }


def _foreign(person: PrintedPerson, options: ResidentOptions) -> dict[str, str]:
    article = person.article_30_45 or _NOT_RECORDED
    status = options.residence_status
    return {
        "nationality": _optional(person.nationality, asked=options.nationality),
        "residence_category": _optional(article.category, asked=status),
        "residence_status": _optional(article.residence_status, asked=status),
        "residence_period": _optional(article.residence_period, asked=status),
        "residence_expires_on": _optional(_western(article.expires_on), asked=status),
        "residence_card_number": _optional(article.card_number, asked=options.residence_card_number),
        "foreign_resident_since": _recorded(person.foreign_resident_since),
    }


def _optional(text: str | None, *, asked: bool) -> str:
    return _recorded_text(text) if asked else OMITTED


def _recorded_text(text: str | None) -> str:
    return BLANK if text is None or is_blank(text) else text


def _recorded(day: RecordedDate | None) -> str:
    return day.printed_wareki() if day is not None else BLANK


def _western(day: date | None) -> str | None:
    return seireki(day) if day is not None else None


def _grouped(number: str | None) -> str | None:
    return f"{number[:4]} {number[4:8]} {number[8:]}" if number else None

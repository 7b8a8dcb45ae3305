"""What the other system printed, as a file. docs/changeover.md shows the layout as a table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedIOBase
from typing import Final

from kiosk_server.changeover.comparing import NOTHING, PrintedBefore
from sync.feeds import EnvelopeReader, Items, Layout

EXPORT: Final = Layout("kiosk-printed-fields", ("as_of",), ("person_number", "field", "printed", "blank_because"))
LABELS: Final = {
    "address": "住所",
    "address_before_move": "異動前住所",
    "address_before_move_in": "転入前住所",
    "address_since": "住所を定めた日",
    "alias": "通称",
    "birth": "生年月日",
    "domicile": "本籍",
    "first_registrant": "筆頭者",
    "foreign_resident_since": "外国人住民となった日",
    "former_surname": "旧氏",
    "former_surname_furigana": "旧氏のフリガナ",
    "furigana": "フリガナ",
    "head_name": "世帯主",
    "name": "氏名",
    "nationality": "国籍・地域",
    "notified_on": "届出日",
    "relationship": "続柄",
    "residence_card_number": "在留カード等の番号",
    "residence_category": "第30条の45に規定する区分",
    "residence_expires_on": "在留期間の満了の日",
    "residence_period": "在留期間等",
    "residence_status": "在留資格",
    "resident_since": "住民となった日",
    "sex": "性別",
}
"""The fields of the form of 住民票の写し, each with its option chosen. My Number is not among them: no list of those is made."""
_LONGEST: Final = 300


@dataclass(slots=True)
class ExportedPerson:
    """All fields of one person, in the order of the file."""

    person_number: str
    fields: dict[str, PrintedBefore] = field(default_factory=dict)


class Export:
    """Reads one file, a person at a time. Raises FileRefused; what was read before counts only once `persons` has ended."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._reader = EnvelopeReader(stream, EXPORT)
        self._reader.header.instant("as_of")

    @property
    def municipality_code(self) -> str:
        """Whose residents they are."""
        return self._reader.municipality_code

    def persons(self) -> Iterator[ExportedPerson]:
        """Each person once, with all fields; their lines stand together, in the order of person numbers."""
        person: ExportedPerson | None = None
        for record in self._reader.records():
            number = record.digits("person_number")
            if person is None or number != person.person_number:
                if person is not None and number < person.person_number:
                    raise record.refused("person_number", "番号順ではありません。 / It is not in the order of numbers.")
                if person is not None:
                    yield person
                person = ExportedPerson(number)
            _add(person, record)
        if person is not None:
            yield person


def _add(person: ExportedPerson, record: Items) -> None:
    name = record.one_of("field", *LABELS)
    if name in person.fields:
        raise record.refused("field", "同じ人の同じ項目が2回あります。 / The person has this field twice.")
    printed = record.optional_text("printed", _LONGEST) or ""
    because = record.optional_text("blank_because", _LONGEST)
    if because is not None and printed in NOTHING:
        raise record.refused("blank_because", "印字のあった項目にだけ書きます。 / It is for what was printed.")
    person.fields[name] = PrintedBefore(printed, because)

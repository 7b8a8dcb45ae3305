"""戸籍全部事項証明書 and 戸籍個人事項証明書, from a snapshot to rows: a pure function that needs no fonts."""

from collections.abc import Iterator, Sequence

from pdf.forms.koseki_rows import Group, KosekiRow, lines_of
from pdf.koseki_snapshot import KosekiItem, KosekiPerson, KosekiSnapshot
from pdf.printed_values import BLANK

REMOVED = "　　（除　籍）"
_RECORDED = "戸籍に記録されている者"
_OF_KOSEKI = "戸籍事項"
_OF_PERSON = "身分事項"
_INDENT = "　　"


def groups_of(snapshot: KosekiSnapshot) -> Iterator[Group]:
    """The frame of the koseki, then one for each person printed."""
    if snapshot.items:
        yield tuple(_items("", _OF_KOSEKI, snapshot.items))
    for number, person in enumerate(snapshot.persons, 1):
        prefix = f"person{number}."
        yield (_person(prefix, person), *_items(prefix, _OF_PERSON, person.items))


def _person(prefix: str, person: KosekiPerson) -> KosekiRow:
    facts = (
        ("given_name", "名", person.given_name),
        ("given_name_furigana", "名の振り仮名", person.given_name_furigana),
        ("birth", "生年月日", person.birth.printed_wareki()),
        ("spouse_kind", "配偶者区分", person.spouse_kind),
        ("father", "父", person.father or BLANK),
        ("mother", "母", person.mother or BLANK),
        ("adoptive_father", "養父", person.adoptive_father),
        ("adoptive_mother", "養母", person.adoptive_mother),
        ("relationship", "続柄", person.relationship),
    )
    lines = tuple(
        line for field, label, text in facts if text is not None for line in lines_of(prefix + field, label, text)
    )
    removed = ((f"{prefix}removed", REMOVED),) if person.removed else ()
    return KosekiRow(((f"label.{prefix}recorded", _RECORDED), *removed), lines)


def _items(prefix: str, section: str, items: Sequence[KosekiItem]) -> Iterator[KosekiRow]:
    """The items of the koseki or of a person; the first stands under the title of the section."""
    for order, item in enumerate(items, 1):
        title = ((f"label.{prefix}section", section),) if order == 1 else ()
        yield _item(f"{prefix}item{order}.", title, item)


def _item(prefix: str, title: tuple[tuple[str, str], ...], item: KosekiItem) -> KosekiRow:
    lines = tuple(
        line
        for order, paragraph in enumerate(item.paragraphs, 1)
        for line in lines_of(f"{prefix}paragraph{order}", paragraph.label, paragraph.content)
    )
    return KosekiRow((*title, (f"{prefix}heading", _INDENT + item.heading)), lines)

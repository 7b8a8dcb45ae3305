"""戸籍の附票の写し, from a snapshot to placed texts: a pure function. A4 portrait, as many pages as it takes.

No public form was at hand, so this one was decided: the sheets of the koseki certificates, a frame for each person, and in it a row for
each address, the oldest first, that says whose it is, so that a page alone can be read. The items are those of 住民基本台帳法17条 that a
kiosk prints; 戸籍の表示 (本籍, 筆頭者) is omitted unless asked for, as that law has it since 11 January 2022.
"""

from collections.abc import Iterator

from pdf.font_chain import FontChain
from pdf.forms.koseki_groups import REMOVED
from pdf.forms.koseki_rows import Group, KosekiRow, lines_of, pages_of
from pdf.forms.koseki_sheet import Sheet, plan_sheets
from pdf.koseki_supplement_snapshot import KosekiSupplementSnapshot, SupplementAddress, SupplementPerson
from pdf.page_plan import PagePlan
from pdf.printed_values import BLANK, OMITTED

_TITLE = "戸籍の附票"
_CERTIFICATION = "この写しは、戸籍の附票の原本と相違ないことを証明する。"
_EVERYONE = "附票に記録されている者の全員"
_ONE = "附票に記録されている者の一部（請求者本人）"


def page_count(snapshot: KosekiSupplementSnapshot) -> int:
    """How many pages the certificate fills."""
    return len(pages_of(_groups(snapshot)))


def plan(snapshot: KosekiSupplementSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages. Raises `GlyphMissing` or `TextOverflow`, naming the field."""
    head = (
        ("domicile", "本籍", OMITTED if snapshot.domicile is None else snapshot.domicile),
        ("first_registrant", "筆頭者", OMITTED if snapshot.first_registrant is None else snapshot.first_registrant),
        ("scope", "写しの範囲", _EVERYONE if snapshot.whole else _ONE),
    )
    return plan_sheets(snapshot, Sheet(_TITLE, _CERTIFICATION, head), pages_of(_groups(snapshot)), fonts)


def _groups(snapshot: KosekiSupplementSnapshot) -> Iterator[Group]:
    for number, person in enumerate(snapshot.persons, 1):
        addresses = (_address(number, order, one) for order, one in enumerate(person.addresses, 1))
        yield (_person(number, person), *addresses)


def _person(number: int, person: SupplementPerson) -> KosekiRow:
    prefix = f"person{number}."
    facts = (
        ("name", "氏名", person.name),
        ("birth", "生年月日", person.birth.printed_wareki() if person.birth else BLANK),
        ("sex", "性別", person.sex.printed if person.sex is not None else BLANK),
    )
    removed = ((f"{prefix}removed", REMOVED),) if person.removed else ()
    lines = tuple(line for field, label, text in facts for line in lines_of(prefix + field, label, text))
    return KosekiRow(((f"{prefix}recorded", f"記録されている者（{number}）"), *removed), lines)


def _address(number: int, order: int, one: SupplementAddress) -> KosekiRow:
    prefix = f"person{number}.address{order}"
    since = one.since.printed_wareki() if one.since else BLANK
    lines = (*lines_of(prefix, "住所", one.address), *lines_of(f"{prefix}.since", "住所を定めた日", since))
    return KosekiRow(((f"{prefix}.of", f"（{number}）の住所"),), lines)

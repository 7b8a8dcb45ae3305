"""住民票の写し, from a snapshot to placed texts: a pure function."""

from pdf.font_chain import FontChain
from pdf.forms import certificate_page
from pdf.forms.cells import cells
from pdf.forms.resident_record import PERSONS_PER_PAGE, Shape, head_table, person_table
from pdf.forms.table import Table
from pdf.layout import PlacedText
from pdf.page_plan import PagePlan
from pdf.printed_values import certification_sentence, head_values, person_values, second_names
from pdf.snapshot import PrintedPerson, ResidentRecordSnapshot
from pdf.typesetting import Style, fit

_TITLE = "住　民　票"
_ORDER = Style(11, "centre")


def page_count(snapshot: ResidentRecordSnapshot) -> int:
    """How many pages `plan` makes; needs no fonts."""
    return -(-len(snapshot.persons) // PERSONS_PER_PAGE[snapshot.form])


def plan(snapshot: ResidentRecordSnapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages of the certificate.

    Raises `GlyphMissing` or `TextOverflow`, naming the field, for a text that cannot be printed whole.
    """
    count, total = PERSONS_PER_PAGE[snapshot.form], page_count(snapshot)
    return tuple(_page(snapshot, number, total, count, fonts) for number in range(1, total + 1))


def _page(snapshot: ResidentRecordSnapshot, number: int, total: int, count: int, fonts: FontChain) -> PagePlan:
    first = (number - 1) * count
    persons = snapshot.persons[first : first + count]
    values = [person_values(person, snapshot.options) for person in persons]
    tables = tuple(person_table(_shape(snapshot, person), slot) for slot, person in enumerate(persons))
    texts = certificate_page.specimen_mark(fonts) if snapshot.specimen else []
    texts += certificate_page.heading(snapshot, _TITLE, fonts)
    texts += cells("", head_table(), head_values(snapshot), fonts)
    for order, (table, printed) in enumerate(zip(tables, values, strict=True), first + 1):
        texts += _person(order, table, printed, fonts)
    texts += certificate_page.below(tables, fonts)
    last = number == total
    sentence = certification_sentence(snapshot)
    texts += certificate_page.certification(snapshot, sentence, fonts) if last else certificate_page.continued(fonts)
    texts += certificate_page.foot(snapshot, number, total, fonts)
    seal = certificate_page.seal(snapshot, fonts) if last else None
    return PagePlan(number, total, snapshot.issuance_number, (head_table(), *tables), tuple(texts), seal)


def _shape(snapshot: ResidentRecordSnapshot, person: PrintedPerson) -> Shape:
    return Shape(snapshot.form, person.is_foreign, bool(second_names(person)))


def _person(order: int, table: Table, values: dict[str, str], fonts: FontChain) -> list[PlacedText]:
    prefix = f"person{order}."
    number = fit(f"{prefix}order", str(order), table.number_box(), _ORDER, fonts) if table.number_width else []
    return number + cells(prefix, table, values, fonts)

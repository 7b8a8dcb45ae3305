"""From a snapshot of any kind to placed texts: pure functions, one form for each kind."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pdf.disaster_damage_snapshot import DisasterDamageSnapshot
from pdf.font_chain import FontChain
from pdf.forms import (
    disaster_damage_page,
    koseki_pages,
    koseki_supplement_pages,
    resident_record_pages,
    resident_statement_pages,
    seal_registration_page,
    tax_page,
)
from pdf.koseki_snapshot import KosekiFullSnapshot, KosekiIndividualSnapshot
from pdf.koseki_supplement_snapshot import KosekiSupplementSnapshot
from pdf.page_plan import PagePlan
from pdf.reading_order import with_reading_order
from pdf.resident_statement_snapshot import ResidentStatementSnapshot
from pdf.seal_registration_snapshot import SealRegistrationSnapshot
from pdf.snapshot import ResidentRecordSnapshot
from pdf.snapshots import Snapshot
from pdf.tax_snapshot import TaxAssessmentSnapshot, TaxIncomeSnapshot, TaxPaymentSnapshot


@dataclass(frozen=True, slots=True)
class _Form:
    page_count: Callable[[Any], int]
    plan: Callable[[Any, FontChain], tuple[PagePlan, ...]]


_FORMS: Final[Mapping[type[Snapshot], _Form]] = {
    ResidentRecordSnapshot: _Form(resident_record_pages.page_count, resident_record_pages.plan),
    ResidentStatementSnapshot: _Form(resident_statement_pages.page_count, resident_statement_pages.plan),
    SealRegistrationSnapshot: _Form(seal_registration_page.page_count, seal_registration_page.plan),
    KosekiFullSnapshot: _Form(koseki_pages.page_count, koseki_pages.plan),
    KosekiIndividualSnapshot: _Form(koseki_pages.page_count, koseki_pages.plan),
    KosekiSupplementSnapshot: _Form(koseki_supplement_pages.page_count, koseki_supplement_pages.plan),
    TaxAssessmentSnapshot: _Form(tax_page.page_count, tax_page.plan),
    TaxIncomeSnapshot: _Form(tax_page.page_count, tax_page.plan),
    TaxPaymentSnapshot: _Form(tax_page.page_count, tax_page.plan),
    DisasterDamageSnapshot: _Form(disaster_damage_page.page_count, disaster_damage_page.plan),
}


def forms() -> Collection[type[Snapshot]]:
    """The snapshots that have a form."""
    return _FORMS.keys()


def page_count(snapshot: Snapshot) -> int:
    """How many pages the certificate has, before anything is drawn and without fonts."""
    return _FORMS[type(snapshot)].page_count(snapshot)


def plan(snapshot: Snapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """The pages of the certificate.

    Raises `GlyphMissing` or `TextOverflow`, naming the field, for a text that cannot be printed whole.
    """
    return with_reading_order(placed(snapshot, fonts), snapshot.document_title)


def placed(snapshot: Snapshot, fonts: FontChain) -> tuple[PagePlan, ...]:
    """As `plan`, but without how the pages are read aloud: what stands on each, and where."""
    return _FORMS[type(snapshot)].plan(snapshot, fonts)

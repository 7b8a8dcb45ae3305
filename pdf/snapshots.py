"""The snapshots of every kind."""

from typing import get_args

from pdf.disaster_damage_snapshot import DisasterDamageSnapshot
from pdf.koseki_snapshot import KosekiFullSnapshot, KosekiIndividualSnapshot
from pdf.koseki_supplement_snapshot import KosekiSupplementSnapshot
from pdf.resident_statement_snapshot import ResidentStatementSnapshot
from pdf.seal_registration_snapshot import SealRegistrationSnapshot
from pdf.snapshot import ResidentRecordSnapshot
from pdf.tax_snapshot import TaxAssessmentSnapshot, TaxIncomeSnapshot, TaxPaymentSnapshot

Snapshot = (
    ResidentRecordSnapshot
    | ResidentStatementSnapshot
    | SealRegistrationSnapshot
    | KosekiFullSnapshot
    | KosekiIndividualSnapshot
    | KosekiSupplementSnapshot
    | TaxAssessmentSnapshot
    | TaxIncomeSnapshot
    | TaxPaymentSnapshot
    | DisasterDamageSnapshot
)
SNAPSHOTS: tuple[type[Snapshot], ...] = get_args(Snapshot)

"""The paper: planning, composing, inspecting, signing and verifying a certificate.

Everything it prints comes from the snapshot it is given; it imports no database. In order:

    sealed = seal_pages(snapshot, kind, status, seal_key)
    pages = with_codes(plan(snapshot, fonts), sealed)
    document = compose(snapshot, pages, fonts)
    inspected = inspect(document.content, pages, fonts)
    signed = sign(document, SignPermit(snapshot.issuance_number, inspected.digest), key)
    compare(signed, inspected)
"""

from pdf.certified import Mayor, OfficialSeal
from pdf.comparison import compare
from pdf.composing import UnsignedDocument, compose
from pdf.counter_record import CounterNotes, PastLine
from pdf.counter_statement import LikeMoveOutSnapshot, MoveOutSnapshot, Note, RemovedStatementSnapshot, StatementNotes
from pdf.demo_seal import draw_registered_seal, draw_specimen_seal
from pdf.disaster_damage_snapshot import Damage, DamageHolder, DisasterDamageSnapshot
from pdf.errors import (
    FontMismatch,
    FontUnsuitable,
    GlyphMismatch,
    GlyphMissing,
    IdentityMismatch,
    InspectionFailed,
    NumberMismatch,
    PageMismatch,
    PaperError,
    PermitMismatch,
    PermitSpent,
    SealMismatch,
    SignatureMismatch,
    SignatureTooLarge,
    SnapshotInvalid,
    SnapshotMismatch,
    TextOverflow,
    VisibleSealMismatch,
)
from pdf.font_chain import FontChain
from pdf.font_files import FONT_FILES, VENDORED_SHA256, font_digests
from pdf.forms.counter_record_pages import counter_plan
from pdf.forms.resident_statement_pages import counter_statement_plan
from pdf.forms.tax_page import tax_year_text
from pdf.inspection import Inspected, inspect
from pdf.koseki_snapshot import (
    KosekiFullSnapshot,
    KosekiIndividualSnapshot,
    KosekiItem,
    KosekiParagraph,
    KosekiPerson,
)
from pdf.koseki_supplement_snapshot import KosekiSupplementSnapshot, SupplementAddress, SupplementPerson
from pdf.levels.asking import Asking, AskingLimits
from pdf.levels.errors import LevelUnreached, UpdateMismatch
from pdf.levels.judging import ToldStamp
from pdf.levels.level import SignatureLevel
from pdf.levels.raising import Authorities, Raised, TimeStamping, raise_level
from pdf.levels.renewing import renewed
from pdf.levels.revocation import KeepingLimits, Revocation
from pdf.levels.trust import Trust
from pdf.office_letter import Letter, letter_paper
from pdf.office_list import ListColumn, ListTooLong, list_paper
from pdf.page_pictures import page_picture
from pdf.page_plan import PagePlan
from pdf.permit import SignPermit
from pdf.planning import page_count, plan
from pdf.registered_seal import RegisteredSeal
from pdf.resident_statement_snapshot import ResidentStatementSnapshot, StatementItems
from pdf.seal_registration_snapshot import SealHolder, SealRegistrationSnapshot
from pdf.signing import sign
from pdf.snapshot import (
    Article30_45,
    PrintedPerson,
    ResidentOptions,
    ResidentRecordSnapshot,
)
from pdf.snapshot_digest import snapshot_digest
from pdf.snapshots import Snapshot
from pdf.tax_snapshot import (
    TaxAssessmentSnapshot,
    TaxHolder,
    TaxIncomeSnapshot,
    TaxPaymentSnapshot,
    TaxSnapshot,
)
from pdf.verification import Verification, verify
from pdf.visible_seal.sealing import Sealed, seal_pages, with_codes
from pdf.visible_seal.statement import StatusPlace
from pdf.visible_seal.to_compare import FactsToCompare

__all__ = [
    "FONT_FILES",
    "VENDORED_SHA256",
    "Article30_45",
    "Asking",
    "AskingLimits",
    "Authorities",
    "CounterNotes",
    "Damage",
    "DamageHolder",
    "DisasterDamageSnapshot",
    "FactsToCompare",
    "FontChain",
    "FontMismatch",
    "FontUnsuitable",
    "GlyphMismatch",
    "GlyphMissing",
    "IdentityMismatch",
    "Inspected",
    "InspectionFailed",
    "KeepingLimits",
    "KosekiFullSnapshot",
    "KosekiIndividualSnapshot",
    "KosekiItem",
    "KosekiParagraph",
    "KosekiPerson",
    "KosekiSupplementSnapshot",
    "Letter",
    "LevelUnreached",
    "LikeMoveOutSnapshot",
    "ListColumn",
    "ListTooLong",
    "Mayor",
    "MoveOutSnapshot",
    "Note",
    "NumberMismatch",
    "OfficialSeal",
    "PageMismatch",
    "PagePlan",
    "PaperError",
    "PastLine",
    "PermitMismatch",
    "PermitSpent",
    "PrintedPerson",
    "Raised",
    "RegisteredSeal",
    "RemovedStatementSnapshot",
    "ResidentOptions",
    "ResidentRecordSnapshot",
    "ResidentStatementSnapshot",
    "Revocation",
    "SealHolder",
    "SealMismatch",
    "SealRegistrationSnapshot",
    "Sealed",
    "SignPermit",
    "SignatureLevel",
    "SignatureMismatch",
    "SignatureTooLarge",
    "Snapshot",
    "SnapshotInvalid",
    "SnapshotMismatch",
    "StatementItems",
    "StatementNotes",
    "StatusPlace",
    "SupplementAddress",
    "SupplementPerson",
    "TaxAssessmentSnapshot",
    "TaxHolder",
    "TaxIncomeSnapshot",
    "TaxPaymentSnapshot",
    "TaxSnapshot",
    "TextOverflow",
    "TimeStamping",
    "ToldStamp",
    "Trust",
    "UnsignedDocument",
    "UpdateMismatch",
    "Verification",
    "VisibleSealMismatch",
    "compare",
    "compose",
    "counter_plan",
    "counter_statement_plan",
    "draw_registered_seal",
    "draw_specimen_seal",
    "font_digests",
    "inspect",
    "letter_paper",
    "list_paper",
    "page_count",
    "page_picture",
    "plan",
    "raise_level",
    "renewed",
    "seal_pages",
    "sign",
    "snapshot_digest",
    "tax_year_text",
    "verify",
    "with_codes",
]

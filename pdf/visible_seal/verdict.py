"""What can be said about a sheet by its code. Nothing here ever says that the sheet is genuine."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pdf.visible_seal.statement import SealStatement


class Verdict(StrEnum):
    """The only four, worst first."""

    FORGED_OR_ALTERED = "forged_or_altered"
    VOID_OR_REPLACED = "void_or_replaced"
    CANNOT_TELL = "cannot_tell"
    GENUINE_STATEMENT = "genuine_statement"


class Reason(StrEnum):
    """Why. The words for people are where they are shown (`kiosk verify`, the verification page)."""

    STATEMENT_ISSUED = "statement_issued"
    VOID = "void"
    REPLACED = "replaced"
    CODE_MALFORMED = "code_malformed"
    SIGNATURE_WRONG = "signature_wrong"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    TEXT_CHANGED = "text_changed"
    PAGES_DISAGREE = "pages_disagree"
    FILE_CHANGED = "file_changed"
    SIGNER_UNKNOWN = "signer_unknown"
    NO_CODE = "no_code"
    CODE_MISSING = "code_missing"
    SEVERAL_SHEETS = "several_sheets"
    NEWER_FORM = "newer_form"
    NO_KEYS = "no_keys"
    KEYS_OLD = "keys_old"
    NO_LIST = "no_list"
    LIST_STALE = "list_stale"
    LIST_OLDER = "list_older"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class SealCheck:
    """A verdict with its reason; the statements whose signature holds, in the order of their pages; the list's time (aware).

    `list_from`: for LIST_OLDER, from which time on (aware) a list speaks of the certificate.
    """

    verdict: Verdict
    reason: Reason
    statements: tuple[SealStatement, ...] = ()
    status_as_of: datetime | None = None
    list_from: datetime | None = None

"""What somebody is employed to do, and so which pages are theirs."""

from enum import StrEnum
from typing import Final


class Duty(StrEnum):
    """Duties of an account; the values stand in the database."""

    COUNTER = "counter"
    RECONCILIATION = "reconciliation"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    CONTRACTOR = "contractor"
    MY_NUMBER = "my_number"

    @property
    def words(self) -> tuple[str, str]:
        """Japanese and English."""
        return _WORDS[self]


_WORDS: Final = {
    Duty.COUNTER: ("窓口", "counter"),
    Duty.RECONCILIATION: ("照合", "reconciliation"),
    Duty.SUPERVISOR: ("責任者", "supervisor"),
    Duty.ADMINISTRATOR: ("利用者管理", "administrator"),
    Duty.AUDITOR: ("監査", "auditor"),
    Duty.CONTRACTOR: ("委託先", "contractor"),
    Duty.MY_NUMBER: ("個人番号", "My Number"),
}

EVERYBODY: Final = frozenset(Duty)
CITY_STAFF: Final = frozenset(Duty) - {Duty.CONTRACTOR}
"""Whoever the city employs; a contractor sees no resident."""
SUPERVISORS: Final = frozenset({Duty.SUPERVISOR})
"""Who stops and starts, approves with another, changes what the city has set, and opens a closed month."""
DECIDERS: Final = frozenset({Duty.RECONCILIATION, Duty.SUPERVISOR})
"""Who confirms an explanation, and approves that a record is made anew."""
ALERT_HANDLERS: Final = DECIDERS | {Duty.COUNTER}
"""Who explains an alert: those who can ask the shop."""
HISTORY_READERS: Final = frozenset({Duty.COUNTER, Duty.RECONCILIATION, Duty.SUPERVISOR, Duty.AUDITOR})
"""Who may see which resident received what; an administrator keeps accounts and sees no resident."""
RESIDENT_READERS: Final = frozenset({Duty.COUNTER, Duty.SUPERVISOR, Duty.AUDITOR})
"""Who may look a resident up, and see who is held back."""
COUNTER_STAFF: Final = frozenset({Duty.COUNTER, Duty.SUPERVISOR})
"""Who changes what belongs to a resident, and must know of a protective measure to do so."""
PROTECTION_KEEPERS: Final = frozenset({Duty.SUPERVISOR})
"""Who may read why somebody is protected, and lift what staff set."""

ACCOUNT_KEEPERS: Final = frozenset({Duty.ADMINISTRATOR})
ACCOUNT_RELEASERS: Final = ACCOUNT_KEEPERS | {Duty.SUPERVISOR}
"""Who lets be used what another administrator prepared."""
ACCOUNT_READERS: Final = ACCOUNT_RELEASERS | {Duty.AUDITOR}
LOG_REVIEWERS: Final = frozenset({Duty.SUPERVISOR, Duty.AUDITOR})
"""Who looks through what others did; the log names residents, so administrators do not."""
SETTLEMENT_READERS: Final = frozenset({Duty.RECONCILIATION, Duty.SUPERVISOR, Duty.AUDITOR})
"""Who may see how our books and the centre's statements agree."""
SETTLERS: Final = frozenset({Duty.RECONCILIATION, Duty.SUPERVISOR})
"""Who takes statements in, and closes differences and months."""

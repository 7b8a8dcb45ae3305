"""What probably happened: said where it fits, and nothing harmless where persons may have been mixed up."""

from datetime import UTC, datetime, timedelta

import pytest

from reconcile import Circumstances, Finding, Proposal, propose

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def about(finding: Finding, ours: str = "", theirs: str = "", **known: object) -> Circumstances:
    return Circumstances(finding, ours, theirs, **{"still_found": True, **known})  # type: ignore[arg-type]  # tests name the fields


@pytest.mark.parametrize(
    ("circumstances", "expected"),
    [
        (about(Finding.FEE_DIFFERS, "200", "0"), Proposal.FREE_ISSUE),
        (
            about(
                Finding.FEE_DIFFERS,
                "200",
                "300",
                sent_at=MIDNIGHT - timedelta(minutes=2),
                fee_changes_at=MIDNIGHT,
                fee_across_it=300,
            ),
            Proposal.FEE_CHANGE,
        ),
        (about(Finding.FEE_DIFFERS, "200", "300", sent_at=NOON, fee_changes_at=MIDNIGHT, fee_across_it=300), None),
        (about(Finding.FEE_DIFFERS, "200", "400", sent_at=MIDNIGHT, fee_changes_at=MIDNIGHT, fee_across_it=300), None),
        (about(Finding.OUTCOME_DIFFERS, "printed", "cancelled"), Proposal.CANCELLED_AFTER_SENDING),
        (about(Finding.OUTCOME_DIFFERS, "cancelled", "printed"), None),
        (about(Finding.NOT_IN_STATEMENT, reported="cancelled"), Proposal.CANCELLED_AFTER_SENDING),
        (about(Finding.NOT_IN_STATEMENT, other_answer_at=NOON), Proposal.RETRY),
        (
            about(
                Finding.NOT_IN_STATEMENT,
                reported="printed",
                sent_at=MIDNIGHT - timedelta(minutes=15),
                closed_at=MIDNIGHT,
            ),
            Proposal.CLOCK,
        ),
        (about(Finding.NOT_IN_STATEMENT, reported="printed", sent_at=NOON, closed_at=MIDNIGHT), None),
        (about(Finding.NOT_IN_STATEMENT), Proposal.CANCELLED_AFTER_SENDING),
        (about(Finding.NEVER_SENT, other_answer_at=NOON), Proposal.RETRY),
        (about(Finding.NEVER_SENT), None),
        (about(Finding.DOUBLE_LINE, other_answer_at=NOON), Proposal.RETRY),
        (about(Finding.MATCHED_BY_TIME), Proposal.CLOCK),
        (about(Finding.KIND_DIFFERS), None),
        (about(Finding.PLACE_DIFFERS, other_answer_at=NOON), None),
        (about(Finding.REQUEST_DIFFERS, other_answer_at=NOON), None),
        (about(Finding.NOT_OURS), None),
        (about(Finding.NOT_OURS, still_found=False), Proposal.CORRECTED),
    ],
)
def test_what_fits_is_proposed(circumstances: Circumstances, expected: Proposal | None) -> None:
    assert propose(circumstances) is expected

"""I7, over all of history: every row against the entry and the leaf that committed to it (`issuance_db.log.verifying`)."""

from collections import defaultdict
from typing import Final

from issuance_db.fsck.rule import Finding, Look, Rule, Words
from issuance_db.log.verifying import Finding as LogFinding
from issuance_db.log.verifying import Outside, Row, verify
from issuance_db.log.verifying.findings import WHAT

_RULES_OF_THEIR_OWN: Final = frozenset({"step_missing", "step_changed", "state_differs", "issuance_missing"})
_NOTHING_FROM_OUTSIDE: Final = frozenset({"tree_rewritten", "tree_shorter"})


def _words(text: str) -> Words:
    japanese, _, english = text.partition(" / ")
    return Words(japanese, english)


def _rule(what: str) -> Rule:
    sample = LogFinding(what, Row(""))
    return Rule("I7", f"log_{what}", _words(sample.said), _words(sample.fix))


LOG_RULES: Final = tuple(_rule(what) for what in WHAT if what not in _RULES_OF_THEIR_OWN | _NOTHING_FROM_OUTSIDE)
"""What verifying the log can find, beyond the rules of the steps; comparing with a witness is for `kiosk log verify`."""


async def log_findings(look: Look) -> list[Finding]:
    """Verify the log within the snapshot; a row that is no leaf in time is a finding too."""
    verified = await verify(look.connection, look.city, Outside(), now=look.now, batch_limit=look.bounds.grace)
    rows: dict[str, list[str]] = defaultdict(list)
    for one in verified.findings:
        rows[f"log_{one.what}"].append(str(one.row))
    return [Finding(rule, tuple(rows[rule.name])) for rule in LOG_RULES if rows[rule.name]]

"""I3: no issuance number twice, each well formed and of an epoch that was (docs/decisions/0002-issuance-number.md)."""

import re
from datetime import datetime
from typing import Final

from civil.check_digits import modulus_11_digit
from civil.sql import load
from issuance_db.fsck.rule import RESTORE, Look, Rule, Words

STATEMENTS: Final = load("issuance_db.fsck", "numbers.sql")
_NUMBER: Final = re.compile(r"(?P<day>[0-9]{8})-(?P<epoch>[0-9]{2})-(?P<running>[0-9]{8})-(?P<check>[0-9])")
MALFORMED: Final = Rule(
    "I3",
    "number_malformed",
    Words(
        "発行番号の書式、日付、検査数字、またはデータベースの世代(epoch)が正しくありません。",
        "An issuance number has a wrong form, date or check digit, or an epoch that has not been.",
    ),
    RESTORE,
)
RULES: Final = (
    Rule(
        "I3",
        "number_twice",
        Words("同じ発行番号が2度使われています。", "An issuance number was given twice."),
        Words(
            "全種別を止めてください(kiosk stop set)。復元後に shared.installation.epoch を上げたかを確かめてください。",
            "Stop every kind (kiosk stop set). See whether shared.installation.epoch was raised after a restore.",
        ),
    ),
    Rule(
        "I3",
        "number_still_to_come",
        Words(
            "発行済みの番号がこれからまた出ます(採番が戻っています)。",
            "A number that was given would come again: the sequence went back.",
        ),
        Words(
            "サービスを止め、shared.installation.epoch を1つ上げてから起動してください。",
            "Stop the service, raise shared.installation.epoch by one, and start again.",
        ),
    ),
)


async def malformed(look: Look) -> tuple[str, ...]:
    """Numbers that could not have been given by this database."""
    epoch = await look.connection.fetchval(STATEMENTS["epoch"]) or 0
    rows = await look.connection.fetch(STATEMENTS["all_numbers"], look.city)
    return tuple(sorted(row["number"] for row in rows if not _well_formed(row["number"], epoch)))


def _well_formed(number: str, newest_epoch: int) -> bool:
    parts = _NUMBER.fullmatch(number)
    if parts is None or not 1 <= int(parts["epoch"]) <= newest_epoch:
        return False
    try:
        datetime.strptime(parts["day"], "%Y%m%d")  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return False
    return modulus_11_digit(parts["day"] + parts["epoch"] + parts["running"]) == parts["check"]

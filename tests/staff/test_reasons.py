"""Whoever reads why something was not issued reads words, whichever reason the code gives."""

import ast
from pathlib import Path
from typing import Final

import pytest

from cardauth import Reason
from kiosk_server.issuing.authorise import HOUSEHOLD_INCOMPLETE, MY_NUMBER_NOT_PRINTED
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.staff.duties import Duty
from kiosk_server.staff.reasons import NEUTRAL, reason_words
from tests.issuing.city import CENTRE
from tests.issuing.meanwhile import once_made
from tests.staff.office import Office

_ISSUING: Final = Path(__file__).parents[2] / "kiosk_server"
_SETTINGS: Final = {f"city_setting_missing_{name}" for name in ("mayor_name", "seal_image", "fee_yen")}
_GIVEN_WHERE: Final = {"Refusal": 1, "refused": 0}
"""Which argument of a call is the reason."""


def _reasons_of_the_code() -> set[str]:
    found: set[str] = set()
    for file in (_ISSUING / "issuing").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            place = _GIVEN_WHERE.get(getattr(node.func, "id", "")) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
                texts = [one.value for one in ast.walk(node.args[place]) if isinstance(one, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and not text.endswith("_")}
    return found


def test_every_reason_of_the_code_has_words_in_both_languages() -> None:
    reasons = _reasons_of_the_code() | {HOUSEHOLD_INCOMPLETE, MY_NUMBER_NOT_PRINTED} | _SETTINGS | set(Reason)
    assert {"under_age", "kind_stopped", "fault", "planned_move_out"} <= reasons
    worded = {reason: reason_words(reason, sees_protection=True) for reason in reasons}
    assert [reason for reason, (ja, en) in worded.items() if reason in {ja, en} or ja.isascii()] == []


def test_a_reason_that_is_none_of_ours_is_shown_as_it_is() -> None:
    assert reason_words("of_a_later_edition", sees_protection=True) == ("of_a_later_edition",) * 2
    assert "(TimeStampWrong)" in reason_words("signature_level_TimeStampWrong", sees_protection=True)[0]


async def test_a_measure_that_came_while_the_paper_was_made_is_named_in_no_step_to_who_need_not_know(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await office.city.database.connect("staff", "092029")

    async def suppress() -> None:
        await staff.execute(
            "INSERT INTO issuance.suppression (municipality_code, person_number, source) VALUES ('092029', '103', 'staff')"
        )

    once_made(office.city, monkeypatch, suppress)
    card = await office.city.credential("101", "7001")
    with pytest.raises(Refusal) as caught:
        await office.city.issuing.issue(CENTRE, office.city.request(card, request_id="asked"))
    assert caught.value.code == RefusalCode.NOT_AVAILABLE
    clerk = await office.at_work("suzuki", Duty.RECONCILIATION)
    steps = (await clerk.get(f"/requests/{CENTRE.caller_id}/asked")).text.partition('class="steps"')[2]
    assert (NEUTRAL[0] in steps, "suppressed" in steps, "支援措置" in steps) == (True, False, False)
    counter = await office.at_work("sato", Duty.COUNTER)
    steps = (await counter.get(f"/requests/{CENTRE.caller_id}/asked")).text.partition('class="steps"')[2]
    assert ("支援措置" in steps, "発行できない" in steps, "not_available" in steps) == (True, True, False)

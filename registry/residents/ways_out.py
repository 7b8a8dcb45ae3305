"""What staff can do instead, where a person's state, an item or a cancellation is refused: in Japanese and English, with the kind's code."""

from collections.abc import Mapping
from typing import Final

from registry.residents.event_kinds import EVENT_KINDS
from registry.residents.rules import Before, EventKind, Validation

WayOut = tuple[str, str]
"""The cause and the way out, in Japanese and in English."""

BY_RULE: Final[Mapping[Validation, WayOut]] = {
    Validation.PROTECTED: (
        "支援措置を受けていません。宛名番号を確かめ、始めるなら PM+ を記録してください。",
        "there is no protective measure. Check the person number; PM+ begins one.",
    ),
    Validation.NOT_PROTECTED_YET: (
        "すでに支援措置を受けています。延ばすなら PM~、期間を定め直すなら PM+ を記録してください。",
        "there is a protective measure already. PM~ extends it, PM+ sets its period anew.",
    ),
    Validation.MEASURE_ENDS: (
        "仮支援措置には期間がありません。支援措置が決まったら PM+ を記録してください。",
        "a provisional measure has no period. Record PM+ once the measure is decided.",
    ),
    Validation.NO_MY_NUMBER_YET: (
        "個人番号がすでにあります。変えるなら MN1 か MN2 を記録してください。",
        "there is a My Number already. Change it by MN1 or MN2.",
    ),
    Validation.NO_FORMER_SURNAME_YET: (
        "旧氏がすでにあります。変えるなら PN2 を記録してください。",
        "there is a former surname already. Change it by PN2.",
    ),
    Validation.HAS_FORMER_SURNAME: (
        "旧氏がありません。記載するなら PN1 を記録してください。",
        "there is no former surname. Enter one by PN1.",
    ),
    Validation.NO_ALIAS_YET: (
        "通称がすでにあります。PN5 で削除してから記録してください。",
        "there is an alias already. Delete it by PN5 first.",
    ),
    Validation.HAS_ALIAS: (
        "通称がありません。記載するなら PN4 を記録してください。",
        "there is no alias. Enter one by PN4.",
    ),
    Validation.MOVED_OUT: (
        "転出による消除ではありません。消除が誤りなら UN+ で取り消してから記録してください。",
        "the removal was no move out. If it was wrong, cancel it by UN+ first.",
    ),
}  # fmt: skip
BY_STANDING: Final[Mapping[Before, WayOut]] = {
    Before.RESIDENT: (
        "転出届がありません。OU1、OU2 または OU3 を先に記録するか、届出のない転出は OD としてください。",
        "no move out was notified. Record OU1, OU2 or OU3 first, or OD where nobody told of it.",
    ),
    Before.PLANNED_MOVER: (
        "すでに転出予定者です。前の転出届を UN+ で取り消してから記録してください。",
        "a move out is planned already. Cancel that by UN+ first.",
    ),
    Before.REMOVED: (
        "除票のある人です。再転入なら IN1 など、消除の誤りなら UN+ を記録してください。",
        "the person has a removed record. Record IN1 or the like for a re-entry, UN+ where the removal was wrong.",
    ),
}  # fmt: skip
NOT_LOADED: Final = (
    "初期移行は住民と転出予定者だけです。除票を外して移行し直してください。",
    "the load takes residents and planned movers only. Leave removed records out.",
)
_SET_BY_THE_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "resident_code": ("RC1", "RC2"), "suppressed": ("PM0", "PM+", "PM-"), "state": ("OD", "UN+"), "removed": ("OD", "UN+"),
    "removal_reason": ("OD", "UN+"), "planned_move_out_on": ("OU1", "UN+"),
}  # fmt: skip
_INSTEAD: Final[Mapping[str, str]] = {
    "MN1": "MN2", "MN2": "MN2", "MN3": "MN2", "RC1": "RC2", "RC2": "RC2", "PM0": "PM-", "PM+": "PM-", "PM~": "PM+", "PM-": "PM+",
}  # fmt: skip


def kinds_that_change(item: str, but: EventKind) -> list[EventKind]:
    """Return the kinds that change the item, without one of them; empty for 宛名番号 and for what is no item."""
    codes = [code for code, kind in EVENT_KINDS.items() if item in kind.may_change] or _SET_BY_THE_KIND.get(item, ())
    return [EVENT_KINDS[code] for code in codes if code != but.code]


def instead_of_cancelling(kind: EventKind) -> WayOut:
    """What to do about an event that the kind asked for does not cancel."""
    if kind.reversed_by is not None:
        return f"事由 {kind.reversed_by} で取り消してください。", f"Cancel it by the kind {kind.reversed_by}."
    if kind.code.startswith("UN"):
        return (
            "取り消した異動を、その事由であらためて記録してください。",
            "Record the event that was cancelled anew, by its own kind.",
        )
    if use := _INSTEAD.get(kind.code):
        return f"事由 {use} を記録してください。", f"Record the kind {use}."
    return (
        "誤りは CE、世帯の誤りは HC、HS または HM として記録してください。",
        "Record what is wrong as CE, or as HC, HS or HM where it is the household.",
    )

"""Koseki access registrations in words: the days left, what stands against one, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from civil.business_days import business_days_left
from issuance_db.koseki_access_review import Agreement, Application, Candidate, EndCause, Obstacle, RefusedFor, agreeing
from kiosk_server.staff.reasons import NEUTRAL
from kiosk_server.staff.terms import Term

CARD_CHECKS: Final[Mapping[str, Term]] = {
    "serial": (
        "電子証明書の発行番号を地方公共団体情報システム機構に照会",
        "serial looked up through the city's line to J-LIS",
    ),
    "letter": ("附票の住所に送った照会書への回答", "an answer to a letter to the address in the koseki supplement"),
    "counter": ("窓口でカードと本人確認書類を確認", "card and document seen at a counter"),
}
"""How staff found out whose card it is: the certificate names nobody."""
STATES: Final[Mapping[str, Term]] = {
    "submitted": ("審査中", "waiting"),
    "accepted": ("承認", "accepted"),
    "refused": ("不承認", "refused"),
    "withdrawn": ("取消し", "ended"),
    "expired": ("失効", "expired"),
}
AGREEMENTS: Final[Mapping[Agreement, Term]] = {
    Agreement.SAME: ("○ 一致", "same"),
    Agreement.KANA: ("かな・目で確認", "kana: compare by eye"),
    Agreement.DIFFERS: ("× 違い", "differs"),
}
OBSTACLES: Final[Mapping[Obstacle, Term]] = {
    Obstacle.SUPPRESSED: (
        "支援措置の対象です。承認できません。支援措置の担当に知らせ、「窓口でご相談ください」として不承認にします。",
        "Under a protective measure: tell those in charge of it, and refuse with “please ask at the counter”.",
    ),
    Obstacle.PENDING: (
        "戸籍の届出を処理中です。記載が終わってから確かめます。",
        "A notification is being entered; look again once it is.",
    ),
    Obstacle.RESIDENT: (
        "この市の住民です。登録しなくても戸籍の証明書を取れます。",
        "A resident of this city, who needs no registration.",
    ),
    Obstacle.IN_DOUBT: (
        "この戸籍は、戸籍の台帳との比較で違いが見つかっています。直ってから確かめます。",
        "This koseki differs from its register; look again once that is mended.",
    ),
    Obstacle.SOURCE_OLD: (
        "戸籍のデータが古くなっています。次の取込みの後に確かめます。",
        "The koseki data is too old; look again after the next feed.",
    ),
}
REFUSALS: Final[Mapping[RefusedFor, Term]] = {
    RefusedFor.NOT_FOUND: (
        "申請された戸籍に、お名前を確認できませんでした。",
        "You were not found in the koseki that you named.",
    ),
    RefusedFor.FACTS_DIFFER: (
        "申請された内容が、戸籍の記載と異なっていました。",
        "What you gave differs from what the koseki says.",
    ),
    RefusedFor.CARD_UNCONFIRMED: (
        "申請に使われたカードが、ご本人のものであることを確認できませんでした。",
        "It could not be confirmed that the card is yours.",
    ),
    RefusedFor.AT_COUNTER: ("市の窓口でご相談ください。", "Please ask at the city's counter."),
}
"""As the notice says them."""
END_CAUSES: Final[Mapping[str, Term]] = {
    EndCause.ASKED: ("本人の申出", "the person asked"),
    EndCause.DOUBT: ("疑いがある", "in doubt"),
    "superseded": ("新しいカードの登録", "a newer card was registered"),
    "koseki_changed": ("戸籍の変更", "the koseki changed"),
    "certificate_over": ("電子証明書の期限", "the certificate is over"),
}
ENDED_BY_STAFF: Final = (EndCause.ASKED, EndCause.DOUBT)


@dataclass(frozen=True, slots=True)
class Countdown:
    """The days left in words, and whether they are pressing."""

    words: Term
    is_pressing: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Somebody of the koseki beside the application. ``agrees`` is of name, domicile and first registrant."""

    candidate: Candidate
    agrees: tuple[Agreement, Agreement, Agreement]
    against: tuple[Term, ...]


def countdown(one: Application, today: date, closed: frozenset[date]) -> Countdown:
    """How long there is to decide: the business days that follow today."""
    if today > one.due_on:
        over = -business_days_left(today, one.due_on, closed)
        return Countdown((f"期限を{over}営業日過ぎています", f"{over} business days overdue"), is_pressing=True)
    left = business_days_left(today + timedelta(days=1), one.due_on, closed)
    if left <= 0:
        return Countdown(("きょうまで", "due today"), is_pressing=True)
    return Countdown((f"あと{left}営業日", f"{left} business days left"), is_pressing=left <= 1)


def compared(
    one: Application, candidate: Candidate, against: tuple[Obstacle, ...], *, sees_protection: bool
) -> Compared:
    """With what stands against them in words; of a protective measure only for who has to know of it."""
    words = {**OBSTACLES} if sees_protection else {**OBSTACLES, Obstacle.SUPPRESSED: NEUTRAL}
    return Compared(candidate, agreeing(one, candidate), tuple(words[obstacle] for obstacle in against))

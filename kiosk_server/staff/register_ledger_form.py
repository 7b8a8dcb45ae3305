"""The forms of lists and inspections (S1-5): what a clerk types, and what that asks for."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Final

from civil.errors import KioskError
from civil.sex import Sex
from kiosk_server.cli.registry_lists import Suffix
from kiosk_server.staff.terms import Term
from kiosk_server.staff.visit import is_number
from registry.residents import Asked, InspectionBasis, InspectionVisit, NobodyHandedTo, Scope, StratifiedBy

BASES: Final[Mapping[str, Term]] = {
    InspectionBasis.PUBLIC_BODY.name: ("法11条1項 国・地方公共団体の機関", "art. 11-1, a public body"),
    InspectionBasis.RESEARCH.name: ("法11条の2 1項1号 統計・世論調査・学術研究", "art. 11-2, research"),
    InspectionBasis.PUBLIC_GOOD.name: ("法11条の2 1項2号 公共的団体の公益の活動", "art. 11-2, public good"),
    InspectionBasis.RESIDENCE.name: ("法11条の2 1項3号 居住関係の確認", "art. 11-2, where somebody lives"),
}
STRATA: Final[Mapping[str, Term]] = {
    StratifiedBy.SEX: ("性別", "sex"), StratifiedBy.AGE: ("年齢", "age"), StratifiedBy.TOWN: ("町字", "town"),
    StratifiedBy.NATIONALITY: ("国籍", "nationality"),
}  # fmt: skip
_SEXES: Final = {"male": Sex.MALE, "female": Sex.FEMALE}
_FOREIGN: Final = {"japanese": False, "foreign": True}
_OLDEST: Final = 150
_MOST_PERSONS: Final = 10_000_000


class BasisNotChosen(KioskError):
    """閲覧の根拠を選んでください。 / Choose the provision."""


class NumberWrong(KioskError):
    """年齢・人数・台帳番号は数字で入力してください(年齢は150まで、下限は上限以下)。 /
    Ages, persons and the number of a list are numbers; ages up to 150, the lower not above the upper."""


class SharesOfNothing(KioskError):
    """層ごとに抽出するときは、人数も入力してください。 / Shares of strata go with a number of persons."""


class DayWrong(KioskError):
    """日付を読み取れません。 / The date cannot be read."""


def asked_list(form: Mapping[str, str]) -> Asked:
    """The list that is asked for; without a seed one is made. Raises BasisNotChosen, NumberWrong, SharesOfNothing."""
    if form.get("basis", "") not in BASES:
        raise BasisNotChosen
    persons = _number(form, "persons", _MOST_PERSONS)
    by = frozenset(part for part in StratifiedBy if f"by_{part}" in form)
    if persons == 0:
        raise NumberWrong
    if by and persons is None:
        raise SharesOfNothing
    seed = form.get("seed", "").strip() or secrets.token_hex(16)
    return Asked(form.get("recipient", ""), InspectionBasis[form["basis"]], seed, _scope(form), persons, by)


def suffix_asked(form: Mapping[str, str]) -> Suffix:
    """Which file."""
    return ".pdf" if form.get("file") == "pdf" else ".csv"


def visit_told(form: Mapping[str, str], identity: str) -> InspectionVisit:
    """An inspection that is told. Raises NumberWrong, DayWrong, NobodyHandedTo for one that says nothing of who or what."""
    number = _number(form, "extract_id", 10**15)
    told = {name: form.get(name, "").strip() for name in ("inspector", "representative", "purpose", "scope", "seen_by")}
    if number is None:
        raise NumberWrong
    if not all(text for name, text in told.items() if name != "representative"):
        raise NobodyHandedTo
    return InspectionVisit(
        number, told["inspector"], told["representative"] or None, told["purpose"], day(form.get("inspected_on", "")), told["scope"],
        told["seen_by"], identity,
    )  # fmt: skip


def day(text: str) -> date:
    """A day of a form. Raises DayWrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DayWrong from None


def _scope(form: Mapping[str, str]) -> Scope:
    youngest, oldest = (_number(form, name, _OLDEST) for name in ("youngest", "oldest"))
    if youngest is not None and oldest is not None and youngest > oldest:
        raise NumberWrong
    towns = frozenset(town for line in form.get("towns", "").splitlines() if (town := line.strip()))
    return Scope(towns, _SEXES.get(form.get("sex", "")), youngest, oldest, _FOREIGN.get(form.get("nationality", "")))


def _number(form: Mapping[str, str], name: str, most: int) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not is_number(text) or int(text) > most:
        raise NumberWrong
    return int(text)

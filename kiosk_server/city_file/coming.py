"""A single change that is still to come: a fee, a mayor, a seal, a tax year, a kind given up. What days that are over were certified with is not changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from civil.errors import KioskError
from issuance_db.city_settings import CityChanges, CityRows, Fee, MayorTerm, Retirement, SealTerm, TaxYear
from kiosk_server.city_file.comparing import changes


class FeeInThePast(KioskError):
    """手数料は明日以降の日から変えられます。今日までの証明書は、そのときの手数料で発行済みです。何も変えていません。 /
    A fee changes from tomorrow on. What was issued until today was issued at the fee of its day. Nothing was changed."""


class MayorInThePast(KioskError):
    """市区町村長は今日以降の日から替えられます。昨日までの証明書は、そのときの長の名で発行済みです。何も変えていません。 /
    A mayor changes from today on. What was issued until yesterday bears the name of its day. Nothing was changed."""


class SealInThePast(KioskError):
    """公印は今日以降の日から替えられます。昨日までの証明書は、そのときの公印で発行済みです。何も変えていません。 /
    A seal changes from today on. What was issued until yesterday bears the seal of its day. Nothing was changed."""


class TaxYearInThePast(KioskError):
    """年度は今日以降の日から切り替えられます。何も変えていません。 / A tax year is offered from today on or later. Nothing was changed."""


class TaxYearStored(KioskError):
    """その年度は、もう登録されているか、登録済みの年度より古いものです。何も変えていません。 /
    That year is stored already, or is older than one that is. Nothing was changed."""


class RetirementInThePast(KioskError):
    """最後の日は今日以降の日にしてください。昨日までは、申請のとおりに発行されています。何も変えていません。 /
    The last day is today or later: until yesterday it was issued. Nothing was changed."""


class RetirementStored(KioskError):
    """その種別をやめる日は、もう登録されています。変えるときは、先に取り下げてください。何も変えていません。 /
    The last day of that kind is stored already. Withdraw it first to change it. Nothing was changed."""


class LaterOneStored(KioskError):
    """その日か、それより後の日からの変更がもう登録されています。先にそれを取り下げるか、それより後の日にしてください。 /
    A change from that day or a later one is stored already. Withdraw that one first, or choose a later day."""


def fee_changes(stored: CityRows, fee: Fee, today: date) -> CityChanges:
    """What to write for a fee from a JST date on. Raises FeeInThePast, LaterOneStored, CityContradicted."""
    if fee.start <= today:
        raise FeeInThePast
    if any((one.kind, one.channel) == (fee.kind, fee.channel) and one.start >= fee.start for one in stored.fees):
        raise LaterOneStored
    return changes(stored, CityRows(fees=(fee,)))


def mayor_changes(stored: CityRows, mayor: MayorTerm, today: date) -> CityChanges:
    """What to write for a mayor from a JST date on. Raises MayorInThePast, LaterOneStored, CityContradicted."""
    if mayor.start < today:
        raise MayorInThePast
    if any(one.start >= mayor.start for one in stored.mayors):
        raise LaterOneStored
    return changes(stored, CityRows(mayors=(mayor,)))


def seal_changes(stored: CityRows, seal: SealTerm, today: date) -> CityChanges:
    """What to write for a seal from a JST date on. Raises SealInThePast, LaterOneStored, CityContradicted."""
    if seal.start < today:
        raise SealInThePast
    if any(one.start >= seal.start for one in stored.seals):
        raise LaterOneStored
    return changes(stored, CityRows(seals=(seal,)))


def tax_year_changes(stored: CityRows, kinds: Sequence[str], year: int, start: date, today: date) -> CityChanges:
    """What to write for 年度切替: from a JST date on a year is offered, and one without a last day is offered until the day before.

    Raises TaxYearInThePast, TaxYearStored, LaterOneStored, CityContradicted.
    """
    if start < today:
        raise TaxYearInThePast
    of_kinds = [one for one in stored.tax_years if one.kind in kinds]
    if any(one.year >= year for one in of_kinds):
        raise TaxYearStored
    if any(one.start >= start for one in of_kinds):
        raise LaterOneStored
    ended = [replace(one, until=start - timedelta(days=1)) for one in of_kinds if one.until is None]
    return changes(stored, CityRows(tax_years=(*ended, *(TaxYear(kind, year, start, None) for kind in kinds))))


def retirement_changes(stored: CityRows, retirement: Retirement, today: date) -> CityChanges:
    """What to write for the last JST day of a kind. Raises RetirementInThePast, RetirementStored."""
    if retirement.last_day < today:
        raise RetirementInThePast
    if any(one.kind == retirement.kind for one in stored.retirements):
        raise RetirementStored
    return changes(stored, CityRows(retirements=(retirement,)))

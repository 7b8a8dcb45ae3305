"""A single change that is still to come: a fee, a mayor. What days that are over were certified with is not changed."""

from datetime import date

from civil.errors import KioskError
from issuance_db.city_settings import CityChanges, CityRows, Fee, MayorTerm
from kiosk_server.city_file.comparing import changes


class FeeInThePast(KioskError):
    """手数料は明日以降の日から変えられます。今日までの証明書は、そのときの手数料で発行済みです。何も変えていません。 /
    A fee changes from tomorrow on. What was issued until today was issued at the fee of its day. Nothing was changed."""


class MayorInThePast(KioskError):
    """市区町村長は今日以降の日から替えられます。昨日までの証明書は、そのときの長の名で発行済みです。何も変えていません。 /
    A mayor changes from today on. What was issued until yesterday bears the name of its day. Nothing was changed."""


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

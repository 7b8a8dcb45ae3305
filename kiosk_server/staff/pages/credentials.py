"""Certificates, 利用者ID and PINs of the resident whose page is open. The PIN itself is typed elsewhere (`pin_entry`)."""

from typing import Final

from aiohttp import web

from cardauth import CredentialIndex, CredentialKey, credential_index
from civil.errors import KioskError
from issuance_db.credential_acts import add_user_id, renew_certificate, stop_credential, take_pin_away, unlock_pin
from issuance_db.credentials import NewCredential, NewUserId
from kiosk_server.staff.duties import COUNTER_STAFF
from kiosk_server.staff.identity import checked
from kiosk_server.staff.opened import PATH, back, opened_resident
from kiosk_server.staff.page import Page
from kiosk_server.staff.terms import BEARERS
from kiosk_server.staff.visit import Visit
from kiosk_server.typed_credentials import certificate_key, earlier_key, tomorrow, user_id_key

_LONGEST: Final = 64


class BearerNotChosen(KioskError):
    """電子証明書の入っている媒体を選んでください。 / Choose what bears the certificate."""


class NotSure(KioskError):
    """元に戻せない操作です。確認の欄に印を付けてから、もう一度操作してください。何も変えていません。 /
    This cannot be undone. Mark the box that you are sure, then do it again. Nothing was changed."""


async def _renew(visit: Visit) -> web.Response:
    who, now, form = checked(visit), visit.now, visit.form
    key = certificate_key(visit.text("issuer_key_id", _LONGEST), visit.text("serial", _LONGEST))
    earlier = earlier_key(form.get("earlier_issuer_key_id", "").strip(), form.get("earlier_serial", "").strip())
    bearer = form.get("bearer", "")
    if bearer not in BEARERS:
        raise BearerNotChosen
    begins = tomorrow(now) if form.get("from_tomorrow") else now
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        new = NewCredential(key.issuer_key_id, key.serial, number, bearer, begins)  # type: ignore[arg-type]  # one of BEARERS
        await renew_certificate(connection, visit.city, new, earlier, now, who)
    return back(visit, "certificate_registered")


async def _add_user_id(visit: Visit) -> web.Response:
    who, key = checked(visit), user_id_key(visit.text("user_id", _LONGEST))
    async with visit.database() as connection:
        new = NewUserId(key.user_id, await opened_resident(visit, connection), visit.now)
        await add_user_id(connection, visit.city, new, who)
    return back(visit, "user_id_registered")


async def _stop(visit: Visit) -> web.Response:
    who, key = checked(visit, reports=True), key_of(visit)
    if not visit.form.get("sure"):
        raise NotSure
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        await stop_credential(connection, visit.city, key, visit.now, who, of=number)
    return back(visit, "credential_stopped")


async def _unlock(visit: Visit) -> web.Response:
    who, key = checked(visit), key_of(visit)
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        was_locked = await unlock_pin(connection, visit.city, key, _index(visit, key), who, of=number)
    return back(visit, "pin_unlocked" if was_locked else "pin_was_not_locked")


async def _stop_pin(visit: Visit) -> web.Response:
    who, key = checked(visit, reports=True), key_of(visit)
    async with visit.database() as connection:
        number = await opened_resident(visit, connection)
        await take_pin_away(connection, visit.city, key, _index(visit, key), visit.now, who, of=number)
    return back(visit, "pin_stopped")


def key_of(visit: Visit) -> CredentialKey:
    """The credential that a form names. Raises CredentialMiswritten, PinOrUserIdMiswritten, Missing."""
    if visit.form.get("user_id"):
        return user_id_key(visit.text("user_id", _LONGEST))
    return certificate_key(visit.text("issuer_key_id", _LONGEST), visit.text("serial", _LONGEST))


def _index(visit: Visit, key: CredentialKey) -> CredentialIndex:
    return credential_index(visit.console.keys, visit.city, key)


PAGES: Final = (
    Page("POST", f"{PATH}/certificates", COUNTER_STAFF, _renew),
    Page("POST", f"{PATH}/user-ids", COUNTER_STAFF, _add_user_id),
    Page("POST", f"{PATH}/stop", COUNTER_STAFF, _stop),
    Page("POST", f"{PATH}/pin/unlock", COUNTER_STAFF, _unlock),
    Page("POST", f"{PATH}/pin/stop", COUNTER_STAFF, _stop_pin),
)

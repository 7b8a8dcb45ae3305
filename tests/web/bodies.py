"""Bodies that are right, and ways to spoil one place of them."""

import copy
from typing import Any, Final

PIN: Final = "4186"
SERIAL: Final = "90817263544536271809"

_ISSUANCE: Final[dict[str, Any]] = {
    "request_id": "req-1",
    "municipality_code": "092029",
    "terminal": {"operator": "chain", "store": "s-77", "terminal": "m-3"},
    "credential": {"type": "user_certificate", "issuer_key_id": "0badc0de", "serial": SERIAL, "pin": PIN},
    "certificate": {
        "kind": "resident_record",
        "persons": "household",
        "options": {"relationship": True, "domicile": False, "my_number": False},
    },
}


def issuance_body() -> dict[str, Any]:
    return copy.deepcopy(_ISSUANCE)


def card_body() -> dict[str, Any]:
    """A menu by card. Bytes that are no certificate: the edge does not look inside."""
    card = {"type": "card_signature", "certificate": "MIIBIjAN", "challenge_id": "sealed", "signature": "AAEC"}
    return {**menu_body(), "credential": card}


def access_body() -> dict[str, Any]:
    """An application by card, of somebody who lives elsewhere."""
    own = {"domicile": "栃木県足利市本城三丁目２１４５番地", "first_registrant": "見本　太郎"}
    return {**card_body(), "applicant": {"name": "ミホン　ハナコ", "birth_date": "1980-04-01"}, "koseki": own}


def challenge_body() -> dict[str, Any]:
    return {name: _ISSUANCE[name] for name in ("municipality_code", "terminal")}


def menu_body() -> dict[str, Any]:
    body = issuance_body()
    del body["certificate"]
    return body


def outcome_body() -> dict[str, Any]:
    return {"outcome": "printed", "fee_collected": True, "occurred_at": "2026-11-23T12:00:30+09:00"}


def alert_body() -> dict[str, Any]:
    return {"municipality_code": "092029", "code": "E-12", "request_id": "req-1", "detail": "printer jam"}


def with_value(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The body with `value` at a dotted path; Ellipsis takes the member away."""
    *parents, last = path.split(".")
    part = body
    for name in parents:
        part = part[name]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return body

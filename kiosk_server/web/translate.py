"""Between the bodies of the wire and the values of issuing, both ways: the server reads, our client writes."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, assert_never

from cardauth import CardSignature, NotCanonical, UserCertificate, UserId
from kiosk_server.issuing.request import (
    AccessRequest,
    CentreAlert,
    ChallengeRequest,
    CredentialRequest,
    IssuanceRequest,
    Kind,
    MenuRequest,
    OutcomeReport,
    Presented,
    ResidentRecordOptions,
    ResidentStatementOptions,
    SessionCredential,
    Terminal,
)
from kiosk_server.web import wire
from kiosk_server.web.malformed import EITHER, NOT_CANONICAL, MalformedBody

_OPTIONS: Final[Mapping[Kind, type[wire.Body]]] = {
    Kind.RESIDENT_RECORD: wire.OptionsBody,
    Kind.RESIDENT_STATEMENT: wire.StatementOptionsBody,
    Kind.KOSEKI_SUPPLEMENT: wire.SupplementOptionsBody,
}


def challenge_request(body: wire.ChallengeBody) -> ChallengeRequest:
    """POST /v1/challenges as a value."""
    return ChallengeRequest(body.municipality_code, _terminal(body.terminal))


def menu_request(body: wire.MenuBody) -> MenuRequest:
    """POST /v1/menus as a value. Raises MalformedBody."""
    return MenuRequest(body.request_id, body.municipality_code, _terminal(body.terminal), _credential(body.credential))


def issuance_request(body: wire.IssuanceBody) -> IssuanceRequest:
    """POST /v1/issuances as a value. Raises MalformedBody."""
    wanted = body.certificate
    asked = IssuanceRequest(
        request_id=body.request_id,
        municipality_code=body.municipality_code,
        terminal=_terminal(body.terminal),
        credential=_credential_or_session(body),
        kind=Kind(wanted.kind),
        persons=wanted.persons if isinstance(wanted.persons, str) else tuple(wanted.persons),
        options=ResidentRecordOptions(),
        choice=getattr(wanted, "choice", None),
    )
    if isinstance(wanted, wire.ResidentStatementBody):
        return replace(asked, options=ResidentStatementOptions(**wanted.options.model_dump()))
    if isinstance(wanted, wire.KosekiSupplementBody):
        return replace(asked, options=ResidentRecordOptions(domicile=wanted.options.domicile))
    if not isinstance(wanted, wire.ResidentRecordBody):
        return asked
    return replace(asked, options=ResidentRecordOptions(**wanted.options.model_dump()), form=wanted.form)


def access_request(body: wire.AccessBody) -> AccessRequest:
    """POST /v1/koseki_access_registrations as a value."""
    return AccessRequest(
        body.request_id,
        body.municipality_code,
        _terminal(body.terminal),
        _card_signature(body.credential),
        body.applicant.name,
        body.applicant.birth_date,
        body.koseki.domicile,
        body.koseki.first_registrant,
    )


def outcome_report(body: wire.OutcomeBody) -> OutcomeReport:
    """POST /v1/issuances/{issuance_number}/outcome as a value."""
    return OutcomeReport(body.outcome, body.fee_collected, body.occurred_at)


def centre_alert(body: wire.AlertBody) -> CentreAlert:
    """POST /v1/alerts as a value."""
    return CentreAlert(body.code, body.issuance_number, body.request_id, body.detail)


def _terminal(body: wire.TerminalBody) -> Terminal:
    return Terminal(body.operator, body.store, body.terminal)


def _credential_or_session(body: wire.IssuanceBody) -> Presented | SessionCredential:
    if body.session is not None:
        return SessionCredential(body.session)
    if body.credential is None:
        raise MalformedBody("credential", EITHER)
    return _credential(body.credential)


def _credential(body: wire.UserCertificateBody | wire.UserIdBody | wire.CardSignatureBody) -> Presented:
    if isinstance(body, wire.CardSignatureBody):
        return _card_signature(body)
    try:
        if isinstance(body, wire.UserIdBody):
            return UserId(body.user_id, body.pin)
        return UserCertificate(body.issuer_key_id, body.serial, body.pin)
    except NotCanonical as error:
        raise MalformedBody(f"credential.{error.field_name}", NOT_CANONICAL) from None


def _card_signature(body: wire.CardSignatureBody) -> CardSignature:
    certificate, signature = (base64.b64decode(text) for text in (body.certificate, body.signature))
    return CardSignature(certificate, body.challenge_id, signature)


def challenge_json(request: ChallengeRequest) -> dict[str, Any]:
    """The body that asks for a challenge."""
    return {"municipality_code": request.municipality_code, "terminal": _terminal_json(request.terminal)}


def menu_json(request: MenuRequest) -> dict[str, Any]:
    """The body that asks for a menu. It holds the PIN: send it, do not keep it."""
    return {**_head_json(request), "credential": _credential_json(request.credential)}


def issuance_json(request: IssuanceRequest) -> dict[str, Any]:
    """The body that asks for a certificate. It holds the PIN or a session: send it, do not keep it."""
    asking = request.credential
    who = (
        {"session": asking.token} if isinstance(asking, SessionCredential) else {"credential": _credential_json(asking)}
    )
    return {**_head_json(request), **who, "certificate": _certificate_json(request)}


def _certificate_json(request: IssuanceRequest) -> dict[str, Any]:
    persons = request.persons if isinstance(request.persons, str) else list(request.persons)
    wanted: dict[str, Any] = {"kind": request.kind.value, "persons": persons}
    if request.choice is not None:
        wanted["choice"] = request.choice
    if request.kind in _OPTIONS:
        names = _OPTIONS[request.kind].model_fields
        wanted["options"] = {name: getattr(request.options, name, False) for name in names}
    return {**wanted, "form": request.form} if request.kind is Kind.RESIDENT_RECORD else wanted


def access_json(request: AccessRequest) -> dict[str, Any]:
    """The body that applies for koseki access."""
    return {
        **_head_json(request),
        "credential": _credential_json(request.credential),
        "applicant": {"name": request.name, "birth_date": request.birth_on.isoformat()},
        "koseki": {"domicile": request.domicile, "first_registrant": request.first_registrant},
    }


def outcome_json(report: OutcomeReport) -> dict[str, Any]:
    """The body that reports an outcome."""
    when = report.occurred_at.isoformat()
    return {"outcome": report.outcome, "fee_collected": report.fee_collected, "occurred_at": when}


def alert_json(municipality_code: str, alert: CentreAlert) -> dict[str, Any]:
    """The body that opens an alert."""
    named = {"issuance_number": alert.issuance_number, "request_id": alert.request_id}
    given = {name: value for name, value in named.items() if value is not None}
    return {"municipality_code": municipality_code, "code": alert.code, "detail": alert.detail, **given}


def _head_json(request: CredentialRequest) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "municipality_code": request.municipality_code,
        "terminal": _terminal_json(request.terminal),
    }


def _terminal_json(place: Terminal) -> dict[str, str]:
    return {"operator": place.operator, "store": place.store, "terminal": place.terminal}


def _credential_json(credential: Presented) -> dict[str, str]:
    match credential:
        case UserCertificate(issuer_key_id, serial, pin):
            return {"type": "user_certificate", "issuer_key_id": issuer_key_id, "serial": serial, "pin": pin}
        case UserId(user_id, pin):
            return {"type": "user_id", "user_id": user_id, "pin": pin}
        case CardSignature(certificate, challenge_id, signature):
            texts = {"certificate": certificate, "signature": signature}
            encoded = {name: base64.b64encode(value).decode() for name, value in texts.items()}
            return {"type": "card_signature", "challenge_id": challenge_id, **encoded}
        case _:
            assert_never(credential)

"""A paper of the counter as a clerk asks for it: what is on it, who asks, how they were known, and why."""

from collections.abc import Mapping
from typing import Final

from civil.errors import KioskError
from civil.text import require_printable
from kiosk_server.counter_making import AskedCertificate, AskedNotice, AskedPaper, prints_my_number
from kiosk_server.counter_papers import CHOICES, NOTICES, WITH_MY_NUMBER
from kiosk_server.staff.identity import DOCUMENTS, IdentityNotChecked
from kiosk_server.staff.terms import Term
from registry.residents import NothingToHandOut, PastOf

CERTIFICATE: Final = "certificate"
STATEMENT: Final = "statement"
APPLICANTS: Final[Mapping[str, Term]] = {
    "self": ("本人", "the person"),
    "household": ("同じ世帯の人", "a member of the household"),
    "agent": ("代理人(委任状・法定代理)", "an agent"),
    "third": ("第三者の請求(法12条の3)", "somebody else (art. 12-3)"),
    "official": ("公用請求(法12条の2)", "an office (art. 12-2)"),
    "notice": ("通知の送付・手渡し", "a notice is sent or handed over"),
}
"""Who asks; kept with the reason."""
_SAY_WHY: Final = frozenset({"third", "official"})
CHECKS: Final[Mapping[str, Term]] = {
    **DOCUMENTS,
    "by_mail": ("郵送の請求(書類の写し)", "by mail, with copies of documents"),
    "official_letter": ("公用請求書と職員証", "an official letter, with the card of its bearer"),
    "sent": ("記載の住所へ送付", "sent to the recorded address"),
}
"""How they were known. Of a document its sort alone, never its number."""
OPTIONS: Final[Mapping[str, Term]] = {
    "relationship": ("世帯主・続柄", "head and relationship"),
    "domicile": ("本籍・筆頭者", "registered domicile"),
    "nationality": ("国籍・地域", "nationality"),
    "residence_status": ("在留資格・期間等", "residence status and period"),
    "residence_card_number": ("在留カード等の番号", "residence card number"),
    "resident_code": ("住民票コード", "resident code"),
}
HANDED_OUT: Final = NOTICES | WITH_MY_NUMBER
"""What events hand out, by name."""
STATED: Final[Mapping[str, Term]] = {
    "resident_since": ("住民となった日", "resident since"),
    "address_since": ("住所を定めた日・届出日", "address since, and notified on"),
    "previous_address": ("転入前住所・異動前住所、除票の転出先", "earlier addresses; where to, of a removed record"),
}
"""What only a 住民票記載事項証明書 lets one choose."""
PAST: Final[Mapping[str, Term]] = {
    PastOf.NAME: ("氏名・旧氏・通称", "names"),
    PastOf.ADDRESS: ("住所", "addresses"),
    PastOf.RELATIONSHIP: ("続柄", "relationships"),
    PastOf.DOMICILE: ("本籍・筆頭者", "registered domiciles"),
}
FIELDS: Final = frozenset({"paper", "applicant", "handed_to", "identity_check", "why", "despite_drafts"})
_PERSON, _OPTION, _PAST = "on_", "o_", "past_"
_LONGEST_REASON: Final = 200


class PaperNotChosen(KioskError):
    """作る書類を選んでください。 / Choose the paper."""


class NobodyChosen(KioskError):
    """証明書に載せる人を選んでください。 / Choose whom the certificate is of."""


class ApplicantNotChosen(KioskError):
    """請求者の区分を選んでください。 / Choose who asks."""


class ReasonMissing(KioskError):
    """第三者の請求と公用請求には、請求の理由が要ります(住民基本台帳法12条の2・12条の3)。 /
    A request of somebody else or of an office says its reason (Basic Resident Registration Act, art. 12-2, 12-3)."""


class CodeNotForThem(KioskError):
    """住民票コードと個人番号は、本人・同じ世帯の人とその代理人の請求のときだけ載せられます(住民基本台帳法12条の2・12条の3)。 /
    Resident code and My Number are printed for the person, the household and their agent alone (art. 12-2, 12-3)."""


def kept_fields(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form that say what is asked for."""
    return {
        name: value
        for name, value in form.items()
        if name in FIELDS or name.startswith((_PERSON, _OPTION, _PAST))
    }  # fmt: skip


def asked_paper(fields: Mapping[str, str], person_number: str) -> AskedPaper:
    """What is asked for on the page of a person (宛名番号). Raises PaperNotChosen, NobodyChosen, CodeNotForThem."""
    word, _, rest = fields.get("paper", "").partition(":")
    if word == "notice":
        asked = _notice(rest, person_number)
        if prints_my_number(asked) and fields.get("applicant") in _SAY_WHY:
            raise CodeNotForThem
        return asked
    if word not in {CERTIFICATE, STATEMENT}:
        raise PaperNotChosen
    persons = tuple(sorted(name.removeprefix(_PERSON) for name in fields if name.startswith(_PERSON)))
    if not persons:
        raise NobodyChosen
    options = frozenset(name for name in (*CHOICES, *STATED) if f"{_OPTION}{name}" in fields)
    if word == STATEMENT:
        return AskedCertificate(persons, options - {"resident_code"}, is_statement=True)
    if "resident_code" in options and fields.get("applicant") in _SAY_WHY:
        raise CodeNotForThem
    return AskedCertificate(
        persons, options - STATED.keys(), frozenset(part for part in PastOf if f"{_PAST}{part}" in fields)
    )


def why_asked(fields: Mapping[str, str]) -> str:
    """Who asks and why, as it is kept. Raises ApplicantNotChosen, ReasonMissing, UnacceptableText."""
    word = fields.get("applicant", "")
    if word not in APPLICANTS:
        raise ApplicantNotChosen
    why = require_printable("reason", fields.get("why", ""), _LONGEST_REASON).strip()
    if not why and word in _SAY_WHY:
        raise ReasonMissing
    return f"{APPLICANTS[word][0]}: {why}" if why else APPLICANTS[word][0]


def identity_of(fields: Mapping[str, str]) -> str:
    """How they were known, as it is kept. Raises IdentityNotChecked (R-10)."""
    if fields.get("identity_check", "") not in CHECKS:
        raise IdentityNotChecked
    return CHECKS[fields["identity_check"]][0]


def _notice(rest: str, person_number: str) -> AskedNotice:
    event, _, name = rest.partition(":")
    if name not in HANDED_OUT or not event.isascii() or not event.isdecimal() or len(event) > 18:  # noqa: PLR2004 - a bigint
        raise NothingToHandOut
    return AskedNotice(int(event), person_number, HANDED_OUT[name])

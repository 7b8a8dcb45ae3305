"""How a clerk made sure who stands there. Which kind of document it was is kept, never its number: there is no field for one."""

from collections.abc import Mapping
from typing import Final

from civil.errors import KioskError
from issuance_db.staff_acts import Actor
from kiosk_server.staff.terms import Term
from kiosk_server.staff.visit import Visit

DOCUMENTS: Final[Mapping[str, Term]] = {
    "my_number_card": ("マイナンバーカード", "My Number card"),
    "driving_licence": ("運転免許証", "driving licence"),
    "passport": ("旅券", "passport"),
    "residence_card": ("在留カード・特別永住者証明書", "residence card"),
    "disability_handbook": ("障害者手帳(写真付き)", "disability handbook with photograph"),
    "two_documents": ("写真のない書類2点", "two documents without photograph"),
}
REPORTS: Final[Mapping[str, Term]] = {
    "telephone": ("電話(折り返して確認)", "telephone, called back"),
    "revocation_notice": ("失効の通知", "notice of revocation"),
}
"""What is enough to stop something, beside a document."""


class IdentityNotChecked(KioskError):
    """本人確認の方法を選んでください。 / Choose how identity was checked."""


def checked(visit: Visit, *, reports: bool = False) -> Actor:
    """Who acts, with the kind of document as the reason. Raises IdentityNotChecked."""
    return Actor(visit.session.name, check_words(checked_by(visit, reports=reports)))


def checked_by(visit: Visit, *, reports: bool = False) -> str:
    """The word for the kind of document. Raises IdentityNotChecked."""
    word = visit.form.get("identity_check", "")
    if word not in DOCUMENTS and not (reports and word in REPORTS):
        raise IdentityNotChecked
    return word


def check_words(word: str) -> str:
    """As history keeps it."""
    return f"本人確認: {({**DOCUMENTS, **REPORTS})[word][0]}"

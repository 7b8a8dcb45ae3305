"""Files of user certificates (利用者証明用電子証明書の発行番号) as layouts: whose each is, and when it may be used. docs/feeds.md shows them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from civil.sql import load
from sync.feeds.envelope import Layout
from sync.feeds.fed_source import HEADER, FedSource, Identity, action_of
from sync.feeds.items import Items

_CONTENT: Final = ("bearer", "usable_from", "revoked_at")
_RECORD: Final = ("action", "issuer_key_id", "serial", "person_number", *_CONTENT)
_ISSUER: Final = re.compile(r"(?:[0-9a-f]{2}){1,32}", re.ASCII)
_SERIAL: Final = re.compile(r"0|[1-9][0-9]{0,48}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """One certificate; `revoke` has no content."""

    line: int
    action: str
    issuer_key_id: str
    serial: str
    person_number: str
    bearer: str | None = None
    usable_from: datetime | None = None
    revoked_at: datetime | None = None


def _row(record: Items, layout: Layout) -> CertificateRow:
    action = action_of(record, layout, "revoke")
    issuer, serial, person = record.texts["issuer_key_id"], record.texts["serial"], record.person()
    if _ISSUER.fullmatch(issuer) is None:
        raise record.refused("issuer_key_id", "小文字の16進数です。 / It is lower-case hexadecimal.")
    if _SERIAL.fullmatch(serial) is None:
        raise record.refused("serial", "先頭に0を付けない十進数です。 / It is decimal without leading zeros.")
    if action == "revoke":
        record.require_empty(_CONTENT)
        return CertificateRow(record.line, action, issuer, serial, person)
    return CertificateRow(
        record.line,
        action,
        issuer,
        serial,
        person,
        record.one_of("bearer", "card", "android", "iphone"),
        record.instant("usable_from"),
        record.optional_instant("revoked_at"),
    )


def _identity(record: Items) -> Identity:
    record.require_sound("issuer_key_id", "serial", "person_number")
    return Identity(f"{record.texts['issuer_key_id']}/{record.texts['serial']}", record.person())


CERTIFICATE: Final = FedSource(
    name="certificate",
    difference=Layout("kiosk-certificate-difference", HEADER, _RECORD),
    full=Layout("kiosk-certificate-full", HEADER, _RECORD),
    keys=None,
    columns=tuple(CertificateRow.__dataclass_fields__),
    row=_row,
    identity=_identity,
    steps=(("stop", "full_now"), ("add", None), ("remember", None)),
    reasons={
        "twice": "同じ証明書が2回あります。 / The certificate is in the file twice.",
        "has none": "その人にその証明書はありません。前のファイルが抜けていませんか。 / The person has no such certificate: is a file before this one missing?",
        "of another person": "他の人の証明書です。 / The certificate is another person's.",
        "otherwise": "登録済みの内容と違います。 / It is registered with another bearer or beginning.",
    },
    statements=load("sync.feeds", "certificate.sql"),
    digest=None,
    # Taking away what cannot be read would stop a certificate, and that cannot be undone.
    sets_aside=False,
)

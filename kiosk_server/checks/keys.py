"""The keys open, and the certificate that documents are signed with is valid."""

from datetime import UTC, datetime
from typing import Final

from civil.calendar import JST
from keys.development_ca import is_demo_certificate
from keys.errors import (
    CertificateMismatch,
    CertificateOutOfDate,
    CertificateUnfit,
    DocumentKeyOutOfDate,
    KeyFileUnreadable,
    KeyNotFound,
    SealBroken,
    WrongPassphrase,
)
from keys.purpose import STATEMENT_PURPOSES
from kiosk_server.checks.certificates import valid_until
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

_SHUT: Final = Fault(
    "鍵ファイルを開けません。",
    "The key file cannot be opened.",
    "KIOSK_KEYS_DIRECTORY と KIOSK_KEYS_PASSPHRASE_FILE を確かめるか、控えから戻してください。",
    "Look at KIOSK_KEYS_DIRECTORY and KIOSK_KEYS_PASSPHRASE_FILE, or restore the backup.",
)
_NO_SIGNER: Final = Fault(
    "文書に署名する鍵か証明書がありません。",
    "There is no key or no certificate for signing documents.",
    "kiosk keys install で証明書を登録してください。",
    "Install the certificate with: kiosk keys install",
)
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_NO_SEAL_KEY: Final = Fault(
    "券面確認コード(見える印)の有効な鍵がありません。",
    "There is no key in force for the visible seal and its status list.",
    "kiosk keys renew-seal で新しい鍵を作り、プロセスを起動し直してください。時計も確かめてください。",
    "Make new ones with kiosk keys renew-seal and start the processes again; look at the clock too.",
)
_DEMO: Final = Fault(
    "文書署名の証明書がデモ用です。本番では使えません。",
    "The certificate for signing documents is of a demo; Demo keys and certificates cannot be used in production.",
    "認証局の証明書を kiosk keys install で登録してください。",
    "Install one of a certification authority with: kiosk keys install",
)
_RENEW: Final = (
    "kiosk keys request で申請し、届いた証明書を kiosk keys install で登録してください。時計も確かめてください。",
    "Ask for a new one with kiosk keys request and install it with kiosk keys install; look at the clock too.",
)


async def keys(surroundings: Surroundings) -> str:
    """The passphrase opens the key file, and nothing in it was changed."""
    try:
        return surroundings.keys.marker
    except (KeyFileUnreadable, WrongPassphrase, SealBroken, CertificateMismatch) as shut:
        raise Wrong(Fault(f"{_SHUT.reason}", f"{_SHUT.reason_en} ({shut})", _SHUT.fix, _SHUT.fix_en)) from None


async def seal_keys(surroundings: Surroundings) -> str:
    """There are keys in force for the visible seal and its status list."""
    try:
        signers = [surroundings.keys.statement_signer(purpose) for purpose in STATEMENT_PURPOSES]
    except KeyNotFound:
        raise Wrong(_NO_SEAL_KEY) from None
    last = min(signer.public.not_after or _NEVER for signer in signers)
    return f"{last.astimezone(JST):%Y-%m-%d} まで / until"


async def document_certificate(surroundings: Surroundings) -> str:
    """There is a key in force with a certificate that is valid now, made for documents, and no demo's in production."""
    try:
        signer = surroundings.keys.document_signer()
    except (DocumentKeyOutOfDate, CertificateOutOfDate, CertificateUnfit) as unfit:
        japanese, _, english = str(unfit).partition(" / ")
        raise Wrong(Fault(japanese, english, *_RENEW)) from None
    except KeyNotFound:
        raise Wrong(_NO_SIGNER) from None
    if surroundings.keys.marker == "production" and is_demo_certificate(signer.certificate_der):
        raise Wrong(_DEMO)
    what = "文書署名の証明書", "The certificate for signing documents"
    return valid_until(signer.certificate, surroundings.clock(), what, _RENEW)

"""The keys open, and the certificate that documents are signed with is valid."""

from datetime import UTC, datetime
from typing import Final

from civil.calendar import JST
from keys.development_ca import is_demo_certificate
from keys.errors import CertificateMismatch, KeyFileUnreadable, KeyNotFound, SealBroken, WrongPassphrase
from keys.purpose import STATEMENT_PURPOSES, Purpose
from kiosk_server.checks.certificates import RENEW_BEFORE, valid_until
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong

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
    """There are keys in force for the visible seal and its status list, and for a while yet."""
    try:
        last = min(_covered_until(surroundings, purpose) for purpose in STATEMENT_PURPOSES)
    except KeyNotFound:
        raise Wrong(_NO_SEAL_KEY) from None
    day = f"{last.astimezone(JST):%Y-%m-%d}"
    if last - surroundings.clock() < RENEW_BEFORE:
        reason = f"券面確認コードの鍵がまもなく切れます({day})。", f"The key of the visible seal ends soon ({day})."
        raise Advice(Fault(*reason, _NO_SEAL_KEY.fix, _NO_SEAL_KEY.fix_en))
    return f"{day} まで / until"


def _covered_until(surroundings: Surroundings, purpose: Purpose) -> datetime:
    """Until when there is a key in force without a gap, later versions counted. Raises KeyNotFound."""
    keys = surroundings.keys
    until = keys.statement_signer(purpose).public.not_after or _NEVER
    versions = (keys.statement_signer(purpose, version).public for version in keys.versions(purpose))
    for public in sorted(versions, key=lambda public: public.not_before):
        if public.not_before <= until:
            until = max(until, public.not_after or _NEVER)
    return until


async def document_certificate(surroundings: Surroundings) -> str:
    """The certificate for signing documents is valid now, and no demo's in production."""
    try:
        signer = surroundings.keys.document_signer()
    except KeyNotFound:
        raise Wrong(_NO_SIGNER) from None
    if surroundings.keys.marker == "production" and is_demo_certificate(signer.certificate_der):
        raise Wrong(_DEMO)
    what = "文書署名の証明書", "The certificate for signing documents"
    return valid_until(signer.certificate, surroundings.clock(), what, _RENEW)

"""The keys open, and the certificate that documents are signed with is valid."""

import asyncio
from datetime import UTC, datetime
from typing import Final

import structlog

from civil.calendar import JST
from keys.development_ca import is_demo_certificate
from keys.errors import (
    CertificateMismatch,
    CertificateOutOfDate,
    CertificateUnfit,
    DocumentKeyOutOfDate,
    KeyFileContradicts,
    KeyFileUnreadable,
    KeyNotFound,
    SealBroken,
    TokenKeyAbsent,
    TokenNotSet,
    TokenPinLocked,
    TokenPinRefused,
    TokenUnavailable,
    WrongPassphrase,
)
from keys.purpose import STATEMENT_PURPOSES
from keys.tokens.token_key import TokenKey
from kiosk_server.checks.certificates import valid_until
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Advice, Fault, Wrong
from kiosk_server.settings import SettingsInvalid

_SHUT: Final = Fault(
    "鍵ファイルを開けません。",
    "The key file cannot be opened.",
    "KIOSK_KEYS_DIRECTORY と KIOSK_KEYS_PASSPHRASE_FILE を確かめるか、控えから戻してください。",
    "Look at KIOSK_KEYS_DIRECTORY and KIOSK_KEYS_PASSPHRASE_FILE, or restore the backup.",
)
_SHUT_ERRORS: Final = (KeyFileUnreadable, WrongPassphrase, SealBroken, CertificateMismatch)
_NOT_TAKEN_UP: Final = Fault(
    "鍵ファイルが変わりましたが、取り込めません。これまでの鍵で続けています。",
    "The key file has changed and cannot be taken up. The keys held until now go on.",
    "kiosk keys list で確かめ、控えから戻してください。次の起動はこのファイルでは拒まれます。",
    "Look with kiosk keys list and restore the backup: with this file the next start would be refused.",
)
_NO_SIGNER: Final = Fault(
    "文書に署名する鍵か証明書がありません。",
    "There is no key or no certificate for signing documents.",
    "kiosk keys install で証明書を登録してください。",
    "Install the certificate with: kiosk keys install",
)
_TOKEN_BACK: Final = (
    "トークンと接続を確かめてください。戻れば自動で再開します。",
    "Look at the token and its connection. Service resumes by itself once it is back.",
)
_TOKEN_FIX: Final = {
    TokenPinRefused: (
        "正しい PIN を KIOSK_TOKEN_PIN_FILE のファイル(0600)に書き直してください。書き直すまで試しません。",
        "Write the right PIN into the file of KIOSK_TOKEN_PIN_FILE (0600). Nothing is tried before that file is written anew.",
    ),
    TokenPinLocked: (
        "トークンの管理者(SO)がロックを解き、PIN のファイルを書き直してください。",
        "Have the token's security officer unlock it, then write the PIN file anew.",
    ),
    TokenKeyAbsent: (
        "kiosk keys list の鍵がこのトークンにあるか確かめてください。",
        "See whether this is the token that holds the key of kiosk keys list.",
    ),
    TokenNotSet: ("両方を設定して起動し直してください。", "Set both, and start again."),
}
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_NO_SEAL_KEY: Final = Fault(
    "券面確認コード(見える印)の有効な鍵がありません。",
    "There is no key in force for the visible seal and its status list.",
    "kiosk keys renew-seal で新しい鍵を作ってください。時計も確かめてください。",
    "Make new ones with kiosk keys renew-seal; look at the clock too.",
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
    """The passphrase opens the key file, and nothing in it was changed; what was added to it is taken up.

    Raises Wrong for a file that does not open at the start, Advice for one that became so: the keys held go on.
    """
    try:
        held = surroundings.keys
    except _SHUT_ERRORS as shut:
        raise Wrong(Fault(_SHUT.reason, f"{_SHUT.reason_en} ({shut})", _SHUT.fix, _SHUT.fix_en)) from None
    try:
        if await asyncio.to_thread(held.refresh):
            structlog.get_logger().info("keys_taken_up", versions=len(held.content.keys))
    except (*_SHUT_ERRORS, KeyFileContradicts, SettingsInvalid) as shut:
        raise Advice(
            Fault(_NOT_TAKEN_UP.reason, f"{_NOT_TAKEN_UP.reason_en} ({shut})", _NOT_TAKEN_UP.fix, _NOT_TAKEN_UP.fix_en)
        ) from None
    return held.marker


async def token(surroundings: Surroundings) -> str:
    """The token that holds the key of today answers, with the session open and the key on it."""
    try:
        signer = surroundings.keys.document_signer()
    except KeyNotFound:
        return "-"  # told by the check of the certificate
    if not isinstance(signer.private_key, TokenKey):
        return "鍵ファイル / key file"
    try:
        await asyncio.to_thread(signer.private_key.look)
    except TokenUnavailable as gone:
        japanese, _, english = str(gone).partition(" / ")
        raise Wrong(Fault(japanese, english, *_TOKEN_FIX.get(type(gone), _TOKEN_BACK))) from None
    return f"{signer.private_key.address.token}: {signer.private_key.address.label}"


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

"""The CA of user certificates, where cards are taken on a reader: readable, of this world, and with somewhere to ask."""

from typing import Final

from cardauth.trust import AnchorsUnacceptable, TrustAnchors
from kiosk_server.checks.certificates import valid_until
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong

_UNACCEPTABLE: Final = Fault(
    "KIOSK_JPKI_CA の認証局の証明書が正しくないか、本番用と見本用が取り違えられています。",
    "The CA certificates of KIOSK_JPKI_CA are not acceptable, or those of a demo stand in production or the reverse.",
    "利用者証明用認証局の自己署名証明書(PEM)だけを置いてください。",
    "Put there the self-signed certificates (PEM) of the CA for user authentication, and nothing else.",
)
_NOWHERE: Final = Fault(
    "失効情報の問合せ先がありません。カードでの本人確認はすべて断られます。",
    "Nothing says where revocations are told: every card is put off.",
    "KIOSK_JPKI_OCSP_URL か KIOSK_JPKI_CRL_URL を設定してください。",
    "Set KIOSK_JPKI_OCSP_URL or KIOSK_JPKI_CRL_URL.",
)
_RENEW: Final = (
    "新しい世代の証明書を KIOSK_JPKI_CA に足して起動し直してください。",
    "Add the certificate of a newer generation to KIOSK_JPKI_CA and start again.",
)


async def card_authority(surroundings: Surroundings) -> str:
    """Until when the latest generation is valid. Raises Wrong."""
    settings = surroundings.settings
    if settings.jpki_ca is None:
        return "未設定:カードは受け付けない / not set: no card is taken on a reader"
    try:
        is_demo = surroundings.keys.marker == "demo"
        anchors = TrustAnchors.from_pem(settings.path("jpki_ca").read_bytes(), is_demo=is_demo)
    except AnchorsUnacceptable:
        raise Wrong(_UNACCEPTABLE) from None
    if settings.jpki_ocsp_url is None and settings.jpki_crl_url is None:
        raise Wrong(_NOWHERE)
    latest = max(anchors.generations, key=lambda generation: generation.read.not_after)
    what = ("利用者証明用認証局の証明書", "The CA certificate of user certificates")
    return valid_until(latest.read.certificate, surroundings.clock(), what, _RENEW)

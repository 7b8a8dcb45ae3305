"""Names of the card's application and files, in one place. Implementers agree on them; there is no open normative text."""

from typing import Final

JPKI_APPLICATION: Final = bytes.fromhex("D392F000260100000001")
"""公的個人認証 AP."""

TOKEN_INFO: Final = 0x0006
USER_CERTIFICATE: Final = 0x000A
"""利用者証明用電子証明書, readable without a PIN on the card."""
USER_CA_CERTIFICATE: Final = 0x000B
USER_KEY: Final = 0x0017
USER_PIN: Final = 0x0018

TOKEN_LABEL_BYTES: Final = 32
CARD_LABEL: Final = "JPKIAPICCTOKEN2"
OLD_CARD_LABEL: Final = "JPKIAPICCTOKEN"
"""住民基本台帳カード; the last of them expired at the end of 2025."""
PHONE_LABELS: Final = frozenset({"JPKIAPGPSETOKEN", "JPKIAPIOSTOKEN"})

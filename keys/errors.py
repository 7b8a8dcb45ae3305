"""What can go wrong with keys. No message carries key material, a passphrase or plaintext."""

from civil.errors import KioskError


class KeyFileUnreadable(KioskError):
    """鍵ファイルがない、壊れている、または他の利用者から見えます。 / The key file is absent, damaged or open to other users."""


class KeyFileExists(KioskError):
    """鍵ファイルはすでにあります。上書きしません。 / A key file is already there and is not overwritten."""


class KeyFileContradicts(KioskError):
    """鍵ファイルに、使用中の鍵がないか、別の鍵になっています。 / The key file lacks a key that is in use, or has another in its place."""


class KeyInUse(KioskError):
    """その版を終わらせると、使える鍵がなくなります。先に次の版を作り、文書署名の鍵なら証明書も登録してください。 /
    Without this version no key could be used. Make the next one first; for a document key, install its certificate too."""


class WrongPassphrase(KioskError):
    """鍵ファイルのパスフレーズが違います。 / The passphrase of the key file is wrong."""


class WeakPassphrase(KioskError):
    """パスフレーズが短すぎます。 / The passphrase is too short."""


class SharesAlike(KioskError):
    """二人の秘密が同じです。それぞれ別のものにしてください。 / Both persons have the same secret. Each needs one of their own."""


class RecordAltered(KioskError):
    """儀式の記録が改変されているか、記録ではありません。 / The record of the ceremony was altered, or is none."""


class BackupMisplaced(KioskError):
    """鍵の控えをそこには置けません。 / A backup of keys does not belong there."""

    def __init__(self, japanese: str, english: str) -> None:
        """Take why not, in both languages."""
        super().__init__(
            f"鍵の控えをそこには置けません。{japanese} / A backup of keys does not belong there: {english}"
        )


class KeyNotFound(KioskError):
    """その用途・版の有効な鍵がありません。 / There is no usable key for this purpose and version."""


class KeyEnded(KeyNotFound):
    """その版はすでに終わっています。終わりの日は変えません。kiosk keys list で確かめてください。 /
    This version has ended already, and its end stays as it is. Look with kiosk keys list."""


class KeyStillNeeded(KioskError):
    """これより新しい、使用中の鍵がありません。先に kiosk keys renew-seal(--from なし)で作ってください。 /
    No newer key is in force. Make one first: kiosk keys renew-seal, without --from."""


class SealBroken(KioskError):
    """封をした内容が改変されているか、鍵が違います。 / The sealed content was altered, or the key is another one."""


class CertificateMismatch(KioskError):
    """証明書が文書署名鍵のものではありません。 / The certificate is not one of the document signing key."""


class DemoKeyInProduction(KioskError):
    """デモ用の鍵または証明書は本番では使えません。 / Demo keys and certificates cannot be used in production."""


class DocumentKeyOutOfDate(KeyNotFound):
    """文書署名鍵の有効期間外です。 / The key for signing documents is not valid now."""


class CertificateOutOfDate(KeyNotFound):
    """文書署名の証明書が有効期間外です。 / The certificate for signing documents is not valid now."""


class CertificateWouldLapse(CertificateOutOfDate):
    """新しい証明書は今は有効でなく、登録すると、今有効な証明書がなくなります。有効になってから登録するか、次の鍵
    (kiosk keys rotate document_signature --from)に発行を受けてください。 /
    The new certificate is not valid now, and would push out the one that is. Install it once it is valid, or have one
    issued to the next key (kiosk keys rotate document_signature --from)."""


class CertificateUnfit(KeyNotFound):
    """証明書が文書の署名に使えないものです。 / This certificate is not one for signing documents."""

    def __init__(self, japanese: str, english: str) -> None:
        """Take what is unfit about it, in both languages."""
        super().__init__(
            f"証明書が文書の署名に使えません。{japanese} / The certificate is not for signing documents: {english}"
        )


class TokenUnavailable(KeyNotFound):
    """署名鍵のトークン(PKCS#11)を使えません。 / The token (PKCS#11) with the signing key cannot be used."""


class TokenLost(TokenUnavailable):
    """署名鍵のトークンが応答しないか、外されました。 / The token with the signing key does not answer, or was taken out."""


class TokenPinRefused(TokenUnavailable):
    """トークンが PIN を拒みました。同じ PIN は二度と試しません。 / The token refused the PIN, which is not tried again."""


class TokenPinLocked(TokenUnavailable):
    """トークンの PIN がロックされています。 / The PIN of the token is locked."""


class TokenKeyAbsent(TokenUnavailable):
    """トークンに署名鍵がないか、別の鍵です。 / The token does not hold the signing key, or another one under its name."""


class TokenKeyExists(TokenUnavailable):
    """その ID の鍵がトークンにすでにあります。 / The token already holds a key of this id."""


class TokenNotSet(TokenUnavailable):
    """署名鍵はトークンにありますが、KIOSK_TOKEN_MODULE と KIOSK_TOKEN_PIN_FILE が設定されていません。 /
    The signing key is on a token, but KIOSK_TOKEN_MODULE and KIOSK_TOKEN_PIN_FILE are not set."""

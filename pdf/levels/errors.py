"""Why a level is not reached. Messages carry no personal data; the class's name is the reason in the history."""

from pdf.errors import PaperError


class LevelUnreached(PaperError):
    """長期署名のレベルに達しません。 / The signature level cannot be reached."""


class AuthorityUnreachable(LevelUnreached):
    """タイムスタンプ局または認証局が応答しません。 / A time-stamping or certification authority does not answer in time."""


class AuthorityPaused(LevelUnreached):
    """応答しない局への問い合わせを休止中です。 / An authority that failed several times is not asked for a while."""


class TimeStampRefused(LevelUnreached):
    """タイムスタンプ局が発行を断りました。 / The time-stamping authority refuses, or answers with something else."""


class TimeStampWrong(LevelUnreached):
    """タイムスタンプが要求と一致しません。 / The time-stamp is not the one that was asked for: imprint, nonce, policy or form."""


class TimeStampUntrusted(LevelUnreached):
    """タイムスタンプ局を信頼できません。 / The time-stamp's signature does not hold, or its authority is not trusted."""


class TimeStampTooLarge(LevelUnreached):
    """タイムスタンプが領域に収まりません。 / The time-stamp does not fit the room reserved for it."""


class TimeStampOffClock(LevelUnreached):
    """タイムスタンプの時刻がこのサーバーの時計と合いません。 / The time-stamp's time and this machine's clock are too far apart."""


class RevocationUnknown(LevelUnreached):
    """失効情報を確かめられません。 / Whether a certificate was revoked cannot be shown: nothing, or nothing valid and in force."""


class CertificateRevoked(LevelUnreached):
    """証明書が失効しています。 / A certificate of the signer or of the time-stamping authority is revoked."""


class ValidationDataTooLarge(LevelUnreached):
    """失効情報が上限を超えています。 / A revocation list or answer is larger than allowed."""


class UpdateMismatch(LevelUnreached):
    """追記した内容が署名済みの文書と一致しません。 / What was appended is more or other than time-stamps and validation data."""

"""Why somebody was not identified, in words; a caller never hears which."""

from collections.abc import Mapping
from typing import Final

from cardauth import Reason
from kiosk_server.staff.terms import Term

IDENTITY_REASONS: Final[Mapping[str, Term]] = {
    Reason.UNKNOWN: ("登録のない電子証明書・利用者ID", "an unknown certificate or user id"),
    Reason.NOT_REGISTERED: ("暗証番号が登録されていない", "no PIN is registered"),
    Reason.WRONG_PIN: ("暗証番号が違う", "wrong PIN"),
    Reason.LOCKED: ("暗証番号の間違いが続き停止中(窓口で解除)", "the PIN is locked; the counter unlocks it"),
    Reason.REVOKED: ("止められた電子証明書・利用者ID", "the certificate or user id was stopped"),
    Reason.NOT_YET_USABLE: ("まだ使えない電子証明書・利用者ID", "the certificate or user id is not usable yet"),
    Reason.SESSION_ALTERED: ("本人確認の控えが書き換えられている", "the session was altered"),
    Reason.SESSION_EXPIRED: ("本人確認から時間がたった", "the session expired"),
    Reason.SESSION_ELSEWHERE: ("本人確認した端末と違う", "the session is of another terminal or caller"),
    Reason.SESSION_OVER: ("次の人の操作が始まっていた", "the session was over: the next person had begun"),
    Reason.SESSION_USED_UP: ("一度の本人確認で取れる数を超えた", "the session was used up"),
    Reason.CHALLENGE_ALTERED: ("カードに署名させた値が書き換えられている", "the challenge was altered"),
    Reason.CHALLENGE_EXPIRED: ("カードの署名に時間がかかりすぎた", "the challenge expired"),
    Reason.CHALLENGE_ELSEWHERE: ("別の端末で作った値への署名", "the challenge is of another terminal or caller"),
    Reason.CHALLENGE_OVER: ("次の人の操作が始まっていた", "the challenge was over: the next person had begun"),
    Reason.CHALLENGE_USED: ("同じ値への署名が2度送られた", "the challenge was used before"),
    Reason.SIGNATURE_WRONG: ("カードの署名が合わない", "the card's signature is wrong"),
    Reason.CERTIFICATE_UNREADABLE: ("電子証明書を読めない", "the certificate cannot be read"),
    Reason.CERTIFICATE_FOR_TESTS: ("試験用の電子証明書", "a certificate for tests"),
    Reason.ISSUER_UNKNOWN: ("知らない発行者の電子証明書", "the issuer is unknown"),
    Reason.ISSUER_EXPIRED: ("発行者の証明書の期限が切れている", "the issuer has expired"),
    Reason.CERTIFICATE_NOT_YET_VALID: ("電子証明書の有効期間前", "the certificate is not valid yet"),
    Reason.CERTIFICATE_EXPIRED: ("電子証明書の期限切れ", "the certificate has expired"),
    Reason.CERTIFICATE_EXTENSION: (
        "電子証明書の拡張が規定と違う",
        "an extension of the certificate is not as it must be",
    ),
    Reason.CERTIFICATE_OF_A_CA: ("認証局の証明書が示された", "the certificate is that of an authority"),
    Reason.CERTIFICATE_KEY_USAGE: ("電子証明書の用途が違う", "the certificate is for another use"),
    Reason.CERTIFICATE_POLICY: ("電子証明書のポリシーが違う", "the certificate has another policy"),
    Reason.CERTIFICATE_KEY: ("電子証明書の鍵が規定と違う", "the certificate's key is not as it must be"),
    Reason.CERTIFICATE_REVOKED: ("発行者が失効させた電子証明書", "revoked by its issuer"),
    Reason.CERTIFICATE_UNKNOWN_TO_ISSUER: ("発行者が知らない電子証明書", "unknown to its issuer"),
    Reason.REF_ALTERED: ("選んだ人の印が書き換えられている", "the choice of persons was altered"),
    Reason.REF_EXPIRED: ("選んでから時間がたった", "the choice of persons expired"),
    Reason.REF_ELSEWHERE: ("別の人か端末での選択", "the choice was made by another person or at another terminal"),
}

"""Why somebody was not identified. The reason is for staff; the caller sees one answer."""

from enum import StrEnum

from civil.errors import KioskError


class Reason(StrEnum):
    """Reasons for staff and for the history, never sent to a caller."""

    UNKNOWN = "unknown_credential"
    NOT_REGISTERED = "pin_not_registered"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    REVOKED = "credential_revoked"
    NOT_YET_USABLE = "credential_not_yet_usable"
    SESSION_ALTERED = "session_altered"
    SESSION_EXPIRED = "session_expired"
    SESSION_ELSEWHERE = "session_of_other_caller_or_terminal"
    SESSION_OVER = "session_over_next_person"
    SESSION_USED_UP = "session_used_up"
    CHALLENGE_ALTERED = "challenge_altered"
    CHALLENGE_EXPIRED = "challenge_expired"
    CHALLENGE_ELSEWHERE = "challenge_of_other_caller_or_terminal"
    CHALLENGE_OVER = "challenge_over_next_person"
    CHALLENGE_USED = "challenge_used"
    SIGNATURE_WRONG = "signature_wrong"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    CERTIFICATE_FOR_TESTS = "certificate_of_a_test_authority"
    ISSUER_UNKNOWN = "issuer_unknown"
    ISSUER_EXPIRED = "issuer_expired"
    CERTIFICATE_NOT_YET_VALID = "certificate_not_yet_valid"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_EXTENSION = "certificate_extension"
    CERTIFICATE_OF_A_CA = "certificate_of_a_ca"
    CERTIFICATE_KEY_USAGE = "certificate_key_usage"
    CERTIFICATE_POLICY = "certificate_policy"
    CERTIFICATE_KEY = "certificate_key"
    CERTIFICATE_REVOKED = "certificate_revoked_by_issuer"
    CERTIFICATE_UNKNOWN_TO_ISSUER = "certificate_unknown_to_issuer"
    REF_ALTERED = "person_ref_altered"
    REF_EXPIRED = "person_ref_expired"
    REF_ELSEWHERE = "person_ref_of_other_caller_or_credential"


class NotIdentified(KioskError):
    """本人を確認できませんでした。 / The person could not be identified.

    Unknown, wrong, locked, revoked and not yet usable are this one error. `reason` is for staff only.
    """

    def __init__(self, reason: Reason) -> None:
        """Keep the reason out of the message."""
        super().__init__()
        self.reason = reason


class SessionRefused(NotIdentified):
    """本人を確認できませんでした。 / The person could not be identified."""


class PersonRefRefused(KioskError):
    """選択された方の情報が変わりました。最初からやり直してください。 / The choice is no longer valid. Please start again."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason out of the message."""
        super().__init__()
        self.reason = reason

"""Who is asking: credentials, PIN rules and lockout rules. Storage is stated as a Protocol and given by others."""

from cardauth.card_signature import CardSignature
from cardauth.challenges import (
    Challenge,
    ChallengeRefused,
    SealedChallenge,
    open_challenge,
    seal_challenge,
    signed_message,
    use_challenge,
    used_by,
)
from cardauth.credential import Credential, NotCanonical, UserCertificate, UserId
from cardauth.credential_index import CredentialIndex, credential_index, entering_version
from cardauth.credential_key import CredentialKey, UserCertificateKey, UserIdKey, credential_key
from cardauth.errors import NotIdentified, PersonRefRefused, Reason, SessionRefused
from cardauth.person_refs import PersonRef, RefOwner, open_person_ref, seal_person_ref
from cardauth.pin_hash import HashedPin, hash_pin, hash_pins
from cardauth.pin_rules import TRIES, Authenticated, authenticate
from cardauth.sessions import SealedSession, Session, open_past_session, open_session, seal_session, use_session
from cardauth.storage import CallIdentity, PinStore, SessionStore

__all__ = [
    "TRIES",
    "Authenticated",
    "CallIdentity",
    "CardSignature",
    "Challenge",
    "ChallengeRefused",
    "Credential",
    "CredentialIndex",
    "CredentialKey",
    "HashedPin",
    "NotCanonical",
    "NotIdentified",
    "PersonRef",
    "PersonRefRefused",
    "PinStore",
    "Reason",
    "RefOwner",
    "SealedChallenge",
    "SealedSession",
    "Session",
    "SessionRefused",
    "SessionStore",
    "UserCertificate",
    "UserCertificateKey",
    "UserId",
    "UserIdKey",
    "authenticate",
    "credential_index",
    "credential_key",
    "entering_version",
    "hash_pin",
    "hash_pins",
    "open_challenge",
    "open_past_session",
    "open_person_ref",
    "open_session",
    "seal_challenge",
    "seal_person_ref",
    "seal_session",
    "signed_message",
    "use_challenge",
    "use_session",
    "used_by",
]

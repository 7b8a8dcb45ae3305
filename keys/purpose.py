"""What a key is for. One key serves one purpose."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purposes keys are made for; the values are written in the key file."""

    DOCUMENT_SIGNATURE = "document_signature"
    LOG_CHECKPOINT = "log_checkpoint"
    MY_NUMBER = "my_number"
    MY_NUMBER_INDEX = "my_number_index"
    PIN = "pin"
    CREDENTIAL_INDEX = "credential_index"
    REQUEST_FINGERPRINT = "request_fingerprint"
    KEPT_ANSWER = "kept_answer"
    SESSION = "session"
    QUARANTINE = "quarantine"
    VISIBLE_SEAL = "visible_seal"
    SEAL_STATUS = "seal_status"
    STAFF_SECOND_FACTOR = "staff_second_factor"
    FEED_COMPARISON = "feed_comparison"
    """Shared with the system that feeds us: it stands in a file of its own, never in the key file."""


_NOT_IN_THE_KEY_FILE = frozenset({Purpose.DOCUMENT_SIGNATURE, Purpose.FEED_COMPARISON})
SECRET_PURPOSES = tuple(purpose for purpose in Purpose if purpose not in _NOT_IN_THE_KEY_FILE)
"""The purposes served by a secret key of the key file; documents are signed with a private key instead."""

STATEMENT_PURPOSES = (Purpose.VISIBLE_SEAL, Purpose.SEAL_STATUS)
"""Of those, the ones whose secret makes a key for signatures that others check (`keys.statement_key`)."""

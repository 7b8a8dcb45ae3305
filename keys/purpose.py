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
    SNAPSHOT = "snapshot"
    QUARANTINE = "quarantine"


SECRET_PURPOSES = tuple(purpose for purpose in Purpose if purpose is not Purpose.DOCUMENT_SIGNATURE)
"""The purposes served by a secret key; documents are signed with a private key instead."""

"""What opens a visit, and what a certificate says, stands in no repr: an assertion or a fault may show one."""

from datetime import UTC, datetime

import pytest

import pdf
from cardauth import SealedSession
from kiosk_server.issuing.paper import PaperFailed
from kiosk_server.issuing.request import Certificate, Menu, SessionCredential

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        SessionCredential("to be kept"),
        SealedSession("to be kept", NOW),
        Menu((), "to be kept", 5, NOW),
        Certificate("20261123-01-00000042-5", b"to be kept", 1, 200),
        PaperFailed(pdf.IdentityMismatch(1, "person1.name"), b"to be kept"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_to_be_kept_is_not_shown(value: object) -> None:
    assert "to be kept" not in repr(value)

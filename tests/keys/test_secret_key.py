import copy
import pickle
from collections.abc import Callable

import pytest

from keys.document_key import DocumentKey
from keys.purpose import Purpose
from keys.secret_key import SecretKey

MATERIAL = b"never to be seen, thirty-two by!"
KEY = SecretKey(Purpose.PIN, 3, MATERIAL)


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r:>200}".format])
def test_a_key_tells_its_purpose_and_version_and_nothing_else(show: Callable[[SecretKey], str]) -> None:
    assert "version=3" in show(KEY)
    assert "never" not in show(KEY)
    assert MATERIAL.hex() not in show(KEY)


@pytest.mark.parametrize("leave", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_key_does_not_leave_its_process(leave: Callable[[SecretKey], object]) -> None:
    with pytest.raises(TypeError, match="pickled"):
        leave(KEY)


def test_keys_are_equal_by_identity_only() -> None:
    assert SecretKey(Purpose.PIN, 3, MATERIAL) != KEY


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(Purpose.PIN, 1, bytes(size))


def test_a_document_key_shows_nothing_and_does_not_leave(document_key: DocumentKey) -> None:
    assert repr(document_key) == "DocumentKey()"
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(document_key)

"""The form of the page: its PIN is in no string, and nothing of it stays in the buffers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.terminal.form import FormUnreadable, read_form


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused_and_wiped(body: bytes) -> None:
    buffer = bytearray(body)
    with contextlib.suppress(FormUnreadable):
        read_form(buffer)
    assert not any(buffer)


def test_the_pin_is_in_its_own_buffer_and_nowhere_else() -> None:
    buffer = bytearray(b"token=a&do=next&pin=4711&person=%E3%81%82&person=b+c")
    form = read_form(buffer)
    assert form.pin == b"4711"
    assert form.fields == {"token": ["a"], "do": ["next"], "person": ["あ", "b c"]}
    assert "4711" not in repr(form)
    assert buffer == bytes(len(buffer))


@pytest.mark.parametrize("body", [b"a=\xff", b"a=%FF", b"&" * 64], ids=["bytes", "escapes", "many"])
def test_what_is_no_form_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(FormUnreadable):
        read_form(bytearray(body))


def test_a_field_that_stands_twice_has_no_one_value() -> None:
    assert read_form(bytearray(b"do=stop&do=next")).one("do") == ""

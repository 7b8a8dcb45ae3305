import pickle
import re
import unicodedata
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civil.text import TextFault, UnacceptableText, graphemes, require_printable, text_fault

KUZU_WITH_IVS = "葛\U000e0100"


@pytest.mark.parametrize(
    "value",
    [
        "足利　太郎",
        KUZU_WITH_IVS + "城市",
        "𠮷野家",
        "髙橋",
        "ﾔﾏﾀﾞ",
        "Ａ　Ｂ",
        "O'Neill-Smith",
        "か" + "\u0301" * 4,
        "\U000323b0",
        "が",
        "か\u309a",
        "\U00031350",
        "",
    ],
)
def test_names_are_kept_as_they_are(value: str) -> None:
    assert require_printable("name", value, 20) == value


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("足利\n太郎", TextFault.CONTROL),
        ("足利\x00", TextFault.CONTROL),
        ("足利\x85", TextFault.CONTROL),
        ("足利\u2028", TextFault.CONTROL),
        ("足利\ud842", TextFault.SURROGATE),
        ("足利\u202e太郎", TextFault.INVISIBLE),
        ("足利\u2066太郎", TextFault.INVISIBLE),
        ("足利\u200b太郎", TextFault.INVISIBLE),
        ("\ufeff足利", TextFault.INVISIBLE),
        ("足利\ufdd0", TextFault.NONCHARACTER),
        ("足利\ufdef", TextFault.NONCHARACTER),
        ("足利\uffff", TextFault.NONCHARACTER),
        ("足利\U0002fffe", TextFault.NONCHARACTER),
        ("足利\ue000", TextFault.PRIVATE_USE),
        ("足利\U000f0000", TextFault.PRIVATE_USE),
        ("足利\u00a0太郎", TextFault.SPACE),
        ("足利\u2003太郎", TextFault.SPACE),
        ("\U000e0100葛", TextFault.STRAY_MARK),
        ("か" + "\u0301" * 5, TextFault.STRAY_MARK),
        ("か\u3099", TextFault.NOT_NFC),
        ("\ufa19", TextFault.NOT_NFC),
        ("あ" * 21, TextFault.TOO_LONG),
    ],
)
def test_what_cannot_be_printed_is_refused_by_field_and_not_by_value(value: str, fault: TextFault) -> None:
    with pytest.raises(UnacceptableText) as refusal:
        require_printable("F6-003 name", value, 20)
    assert (refusal.value.field, refusal.value.fault) == ("F6-003 name", fault)
    assert "F6-003 name" in str(refusal.value)
    assert "足利" not in str(refusal.value)


def test_the_refusal_crosses_a_process_boundary() -> None:
    refusal = pickle.loads(pickle.dumps(UnacceptableText("name", TextFault.CONTROL)))  # noqa: S301  (our own bytes)
    assert (refusal.field, refusal.fault) == ("name", TextFault.CONTROL)


def test_length_counts_a_character_with_its_selector_once() -> None:
    assert require_printable("name", KUZU_WITH_IVS * 3, 3) == KUZU_WITH_IVS * 3
    with pytest.raises(UnacceptableText):
        require_printable("name", KUZU_WITH_IVS * 3, 2)


def test_a_selector_stays_with_its_character() -> None:
    assert graphemes(KUZU_WITH_IVS + "城か\u309a𠮷") == (KUZU_WITH_IVS, "城", "か\u309a", "𠮷")


@given(st.text())
def test_graphemes_join_to_the_text(value: str) -> None:
    assert "".join(graphemes(value)) == value


@given(st.text())
def test_what_is_accepted_is_nfc_and_unchanged(value: str) -> None:
    try:
        accepted = require_printable("name", value, 1000)
    except UnacceptableText:
        return
    assert accepted == value == unicodedata.normalize("NFC", value)
    assert accepted.encode("utf-8").decode() == value


@given(st.text(st.sampled_from("あ葛\U000e0100\U000e0101\u309a"), max_size=40), st.integers(min_value=0, max_value=40))
def test_what_is_accepted_fits(value: str, limit: int) -> None:
    fault = text_fault(value)
    if fault is None and len(graphemes(value)) > limit:
        fault = TextFault.TOO_LONG
    with nullcontext() if fault is None else pytest.raises(UnacceptableText, match=re.escape(fault.value)):
        require_printable("name", value, limit)

"""MIS-20: every field printed before is printed as before, or blank because somebody decided so, or it is listed."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk_server.changeover.comparing import BLANK, Finding, PrintedBefore, compare_person

TEXT = st.sampled_from(["", BLANK, "令和３年４月１日", "年月日不詳"])
BEFORE = st.dictionaries(
    st.sampled_from("abcd"),
    st.tuples(TEXT, st.sampled_from([None, "課長決裁"])).map(lambda pair: PrintedBefore(*pair)),
)
NOW = st.dictionaries(st.sampled_from("abcd"), st.sampled_from([BLANK, "令和３年４月１日", "年月日不詳"]))


@given(BEFORE, NOW)
def test_mis_20_nothing_that_was_printed_goes_unnoticed(before: dict[str, PrintedBefore], now: dict[str, str]) -> None:
    found = {listed.field: listed.finding for listed in compare_person("101", before, now)}
    assert found.keys() == {*before, *now}
    for field, finding in found.items():
        was = before.get(field, PrintedBefore("")).printed
        is_now = now.get(field, BLANK)
        same = was == is_now or (was in {"", BLANK} and is_now == BLANK)
        decided = field in before and before[field].blank_because is not None and is_now == BLANK
        assert finding.is_difference == (not same and not decided)


def test_mis_20_a_field_our_form_has_not_is_lost() -> None:
    (listed,) = compare_person("101", {"alias": PrintedBefore("山田")}, {})
    assert listed.finding is Finding.LOST


def test_mis_20_a_decision_to_leave_blank_covers_a_blank_and_nothing_else() -> None:
    before = {"notified_on": PrintedBefore("令和３年４月１日", "課長決裁")}
    (blank,), (other,) = (compare_person("101", before, {"notified_on": now}) for now in (BLANK, "年月日不詳"))
    assert (blank.finding, other.finding) == (Finding.KNOWN_BLANK, Finding.CHANGED)

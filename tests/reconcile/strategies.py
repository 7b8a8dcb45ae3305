"""Two sides with known differences."""

from collections.abc import Mapping

from hypothesis import strategies as st

from reconcile import RecordDigest

DIGESTS = st.sampled_from([bytes([number]) * 32 for number in range(3)])
SIDE = st.dictionaries(st.text(max_size=3), DIGESTS, max_size=30)


def in_order(side: Mapping[str, bytes]) -> list[RecordDigest]:
    """Give the records of a side in key order."""
    return [RecordDigest(key, side[key]) for key in sorted(side)]


@st.composite
def planted(draw: st.DrawFn) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, str]]:
    """Give a left side, a right side made from it, and what was planted: key to missing, extra or different."""
    left = draw(SIDE)
    right, plan = dict(left), dict[str, str]()
    for key in draw(st.lists(st.sampled_from(sorted(left)), unique=True)) if left else []:
        plan[key] = draw(st.sampled_from(["missing", "different"]))
        if plan[key] == "missing":
            del right[key]
        else:
            right[key] = bytes(byte ^ 0x80 for byte in left[key])
    for key in draw(st.sets(st.text(max_size=3), max_size=5)) - left.keys():
        plan[key] = "extra"
        right[key] = draw(DIGESTS)
    return left, right, plan

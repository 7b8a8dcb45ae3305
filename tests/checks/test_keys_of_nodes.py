"""A process that lacks a key in force for a minute does not serve; one that is only slow to take up a coming key does."""

from datetime import UTC, datetime, timedelta

import pytest

from keys.key_file import KeyEntry, KeyFile, Scrypt
from keys.purpose import Purpose
from kiosk_server.checks.keys_of_nodes import differing_keys, key_parts, without_keys

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def parts(*versions: tuple[int, timedelta], made: datetime = NOW) -> dict[str, str]:
    """Of a key file with these versions of the PIN key, each in force from so long after now."""
    entries = tuple(
        KeyEntry.model_construct(
            purpose=Purpose.PIN, version=version, created=made, not_before=NOW + after, not_after=None, wrapped=b""
        )
        for version, after in versions
    )
    kdf = Scrypt.model_construct(salt=b"", n=1 << 14)
    return dict(key_parts(KeyFile.model_construct(marker="demo", kdf=kdf, check=b"", keys=entries)))


@pytest.mark.parametrize(
    ("after", "differing"),
    [
        (timedelta(days=1), []),
        (timedelta(), []),
        (timedelta(seconds=-59), []),
        (timedelta(seconds=-60), ["key pin 2"]),
        (timedelta(days=-1), ["key pin 2"]),
    ],
)
def test_a_key_that_we_lack_counts_a_minute_after_it_came_into_force(after: timedelta, differing: list[str]) -> None:
    ours, theirs = parts((1, timedelta(days=-9))), parts((1, timedelta(days=-9)), (2, after))
    assert list(differing_keys(ours, theirs, NOW)) == differing


def test_a_key_that_only_we_have_is_for_the_others_to_notice() -> None:
    ours, theirs = parts((1, timedelta(days=-9)), (2, timedelta(days=-1))), parts((1, timedelta(days=-9)))
    assert list(differing_keys(ours, theirs, NOW)) == []
    assert list(differing_keys(theirs, ours, NOW)) == ["key pin 2"]


def test_another_key_under_the_same_version_differs_at_once() -> None:
    one, other = parts((1, timedelta(days=1))), parts((1, timedelta(days=1)), made=NOW - timedelta(days=1))
    assert list(differing_keys(one, other, NOW)) == ["key pin 1"]


def test_keys_are_no_settings_that_must_be_equal_at_any_moment() -> None:
    assert without_keys({**parts((1, timedelta())), "KIOSK_MUNICIPALITY_CODES": "092029"}) == {
        "KIOSK_MUNICIPALITY_CODES": "092029"
    }

"""The bar of a large file: at a terminal alone, with how many records were read."""

import sys
from io import BytesIO, StringIO

import pytest

from kiosk_server.cli.feed_progress import progress_over


class Screen(StringIO):
    """What somebody looks at, or a file that a scheduler keeps."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("size", "is_terminal"),
    [(8 * 2**20, True), (8 * 2**20, False), (2**20, True)],
    ids=["large", "large, no terminal", "small"],
)
def test_a_bar_shows_how_far_a_large_file_is_read(
    monkeypatch: pytest.MonkeyPatch, size: int, *, is_terminal: bool
) -> None:
    seen, stream = Screen(is_terminal=is_terminal), BytesIO(bytes(size))
    monkeypatch.setattr(sys, "stderr", seen)
    with progress_over(stream) as watch:
        for records in (500, 123_456):
            stream.seek(size // 2, 1)
            watch(records)
    if is_terminal and size > 4 * 2**20:
        assert ("123,456件" in seen.getvalue(), "100%" in seen.getvalue()) == (True, True)
    else:
        assert seen.getvalue() == ""

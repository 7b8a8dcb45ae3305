"""The bar of a large file: at a terminal alone, with how many records were read."""

import sys
from io import BytesIO, StringIO

import pytest

from kiosk_server.cli.feed_progress import progress_over


class Terminal(StringIO):
    """What somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("size", "is_shown"), [(8 * 2**20, True), (2**20, False)], ids=["large", "small"])
def test_a_bar_shows_how_far_a_large_file_is_read(
    monkeypatch: pytest.MonkeyPatch, size: int, *, is_shown: bool
) -> None:
    seen, stream = Terminal(), BytesIO(bytes(size))
    monkeypatch.setattr(sys, "stderr", seen)
    with progress_over(stream) as watch:
        for records in (500, 123_456):
            stream.seek(size // 2, 1)
            watch(records)
    assert ("123,456件" in seen.getvalue(), "100%" in seen.getvalue()) == (is_shown, is_shown)

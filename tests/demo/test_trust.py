"""A demo that is kept: it comes up again as long as its certificates last, and then says what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.trust import DemoOutlived, make_trust

MADE = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
LAST = timedelta(days=825)


def test_a_demo_whose_certificates_have_ended_asks_for_a_new_one(tmp_path: Path) -> None:
    directory = DemoDirectory(tmp_path)
    make_trust(directory, lambda: MADE)
    before = directory.ca.read_bytes()
    make_trust(directory, lambda: MADE + LAST - timedelta(hours=1))
    with pytest.raises(
        DemoOutlived, match=r"ended on 2029-02-25\. Remove .* or start a new one with another --data-dir"
    ):
        make_trust(directory, lambda: MADE + LAST)
    assert directory.ca.read_bytes() == before

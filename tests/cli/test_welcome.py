"""What a person sees when the demo is ready, on a terminal of eighty columns."""

from io import StringIO

import pytest
from rich.console import Console

from kiosk_server.cli.welcome import _samples
from kiosk_server.demo.provisioning import Sample
from kiosk_server.demo.running import RunningDemo

LONG = ("OLIVEIRA GABRIEL", "OLIVEIRA JULIA", "OLIVEIRA FERNANDO", "岡田　弘", "岡田　奈々", "岡田　武")


@pytest.mark.parametrize("columns", [60, 80])
def test_what_is_to_be_typed_is_seen_whole_however_long_the_names_are(columns: int) -> None:
    samples = tuple(
        Sample(serial, "", pin, LONG[0], LONG) for serial, pin in (("522040652", "3899"), ("71824558", "0194"))
    )
    demo = RunningDemo("", "", "", "", "", "", "", "", "", samples)
    console = Console(file=StringIO(), width=columns)
    console.print(_samples(demo))
    said = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    for sample in samples:
        assert sample.serial in said
        assert f" {sample.pin} " in said
        assert sample.name in said
    assert max(map(len, said.splitlines())) <= columns

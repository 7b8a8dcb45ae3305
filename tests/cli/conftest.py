"""One demo for the whole room: it is slow to start, and these tests do not disturb each other."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Demo, demo_up, kiosk


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-cli-") as place,
        demo_up(Path(place) / "data", "--residents", "120", "--samples", "12") as running,
    ):
        yield running


@pytest.fixture(scope="package")
def certificate(demo: Demo) -> Path:
    """A family's certificate, asked for as a person does."""
    sample = family(demo)
    file = demo.data_dir.parent / "family.pdf"
    arguments = ("--serial", sample["serial"], "--data-dir", demo.data_dir, "-o", file)
    done = kiosk("request", *arguments, "--option", "relationship", given=f"{sample['pin']}\n")
    assert done.returncode == 0, done.stderr
    return file


def family(demo: Demo) -> dict[str, Any]:
    """The first sample who does not live alone."""
    found: dict[str, Any] = next(sample for sample in demo.said["samples"] if len(sample["household"]) > 1)
    return found

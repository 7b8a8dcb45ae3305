"""Runs tests in a copy of the tree and tells which failed: not which could not run."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).parents[2]
_MOST_SECONDS: Final = 900


class TrialBroken(Exception):
    """The tests could not be run, so their silence means nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """`run` counts the tests that ran; `failed` names those whose assertions failed, in order."""

    run: int
    failed: tuple[str, ...]


@contextmanager
def copied_tree() -> Iterator[Path]:
    """The files of the project, without environment, history and caches, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kiosk-safeguards-") as directory:
        copy = Path(directory) / "tree"
        shutil.copytree(
            ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "*.egg-info")
        )
        yield copy


def run_tests(tree: Path, tests: Sequence[str], *, stop_at_first: bool) -> Trial:
    """Raises TrialBroken unless every test was collected and either passed or failed."""
    report = tree / "report.xml"
    stop = ["--maxfail=1"] if stop_at_first else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        f"--junit-xml={report}",
        *stop,
        *tests,
    ]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=tree, env=environment, check=False, capture_output=True, text=True, timeout=_MOST_SECONDS
    )
    if done.returncode not in {0, 1} or not report.exists():
        raise TrialBroken(done.stdout[-2000:] + done.stderr[-2000:])
    return _read(report)


def _read(report: Path) -> Trial:
    cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - written by the run before
    broken = [_name(case) for case in cases if case.find("error") is not None]
    if broken:
        message = f"could not run: {', '.join(broken)}"
        raise TrialBroken(message)
    return Trial(len(cases), tuple(_name(case) for case in cases if case.find("failure") is not None))


def _name(case: ET.Element) -> str:
    module = case.get("classname", "").replace(".", "/")
    return f"{module}.py::{case.get('name')}"

"""A process loads its own code and no other's: what it never uses costs it half a second and 50 MB."""

import subprocess
import sys

import pytest

_LOADED = "import sys, {module}; print(*sorted(name for name in ('pdf', 'pyhanko', 'fontTools', 'reportlab') if name in sys.modules))"


@pytest.mark.parametrize(
    "module",
    ["kiosk_server.settings", *(f"kiosk_server.processes.{name}" for name in ("sync", "sweeper", "logger"))],
)
def test_what_makes_no_paper_loads_nothing_of_it(module: str) -> None:
    told = subprocess.run(
        (sys.executable, "-c", _LOADED.format(module=module)), capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == []

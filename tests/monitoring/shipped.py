"""The files that are shipped for Prometheus and Grafana, and one service as a crew of one worker."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SHIPPED: Final = Path(__file__).parents[2] / "deploy" / "monitoring"


@dataclass(frozen=True, slots=True)
class Crew:
    """One worker: the demo's centre process."""

    ops_urls: Mapping[int, str]
    restarts: int = 0


def tool(name: str) -> str:
    """`prometheus` or `promtool`. Raises AssertionError with the line to install it."""
    found = shutil.which(name)
    assert found is not None, f"{name} is missing: apt-get install -y --no-install-recommends prometheus"
    return found


def dashboard() -> Mapping[str, Any]:
    """As Grafana imports it."""
    read: dict[str, Any] = json.loads((SHIPPED / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return read


def expressions() -> Sequence[str]:
    """Every question of the dashboard, with a period where Grafana would put one."""
    targets = [target for panel in dashboard()["panels"] for target in panel["targets"]]
    return [str(target["expr"]).replace("$__rate_interval", "5m") for target in targets]

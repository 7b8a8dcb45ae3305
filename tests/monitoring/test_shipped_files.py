"""What is shipped for Prometheus and Grafana: read by Prometheus's own tool, and held to what the service really exports."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families

from kiosk_server.issuing.refusal import RefusalCode
from kiosk_server.web.crew_operations import build_crew_operations_app
from kiosk_server.web.problems import EdgeCode
from tests.cli.command import Demo
from tests.monitoring.shipped import SHIPPED, Crew, dashboard, expressions, tool
from tests.terminal.conftest import demo

__all__ = ["demo"]
_NAME: Final = re.compile(r"\bkiosk_[a-z_]+")
_CODES: Final = {"ok", *RefusalCode, *EdgeCode}


def _promtool(*arguments: str, where: Path) -> str:
    done = subprocess.run([tool("promtool"), *arguments], cwd=where, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
async def exported(demo: Demo) -> set[str]:
    """Every name of a figure that a running service exports, as PromQL asks for it."""
    crew = Crew({0: str(demo.said["ops_url"])})
    async with TestServer(build_crew_operations_app(crew, 1, {})) as server, ClientSession() as session:
        text = await (await session.get(server.make_url("/metrics"))).text()
    families = list(text_string_to_metric_families(text))
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {one.name + ending for one in families if not one.name.endswith("_created") for ending in endings[one.type]}


def test_prometheus_reads_the_configuration_and_its_rules() -> None:
    assert "14 rules found" in _promtool("check", "config", "prometheus.yml", where=SHIPPED)


def test_each_alert_is_raised_by_what_it_is_for_and_by_nothing_else(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "rules.yml", tmp_path)
    shutil.copy(Path(__file__).with_name("rules.test.yml"), tmp_path)
    assert "SUCCESS" in _promtool("test", "rules", "rules.test.yml", where=tmp_path)


def test_each_alert_has_a_test_says_what_to_do_and_names_nobody() -> None:
    rules = (SHIPPED / "rules.yml").read_text(encoding="utf-8")
    alerts = re.findall(r"- alert: (\w+)", rules)
    tested = Path(__file__).with_name("rules.test.yml").read_text(encoding="utf-8")
    assert [alert for alert in alerts if f'alertname="{alert}"' not in tested] == []
    assert len(re.findall(r"^ +summary: .* / ", rules, re.MULTILINE)) == len(alerts)
    assert len(re.findall(r"^ +action: .* / ", rules, re.MULTILINE)) == len(alerts)


def test_prometheus_reads_every_question_of_the_dashboard(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(expressions())]
    # JSON is YAML too.
    (tmp_path / "panels.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    assert f"{len(rules)} rules found" in _promtool("check", "rules", "panels.yml", where=tmp_path)


def test_a_broken_rule_would_be_noticed(tmp_path: Path) -> None:
    rules = (SHIPPED / "rules.yml").read_text(encoding="utf-8").replace("== 0", "=== 0")
    (tmp_path / "rules.yml").write_text(rules, encoding="utf-8")
    with pytest.raises(AssertionError, match="FAILED"):
        _promtool("check", "rules", "rules.yml", where=tmp_path)


def test_rules_and_dashboard_name_what_the_service_exports_and_leave_nothing_out(exported: set[str]) -> None:
    rules = "\n".join(re.findall(r"expr: (?:>-)?\s*(.*(?:\n {10}.*)*)", (SHIPPED / "rules.yml").read_text("utf-8")))
    named = set(_NAME.findall(rules)), set(_NAME.findall("\n".join(expressions())))
    assert named[0] | named[1] <= exported
    shown = {re.sub(r"_(bucket|sum|count)$", "", name) for name in named[1]}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported} == shown


def test_the_codes_that_rules_ask_for_are_codes_of_the_service() -> None:
    rules = (SHIPPED / "rules.yml").read_text(encoding="utf-8")
    asked = {code for found in re.findall(r'code=~?"([^"]+)"', rules) for code in found.split("|")}
    assert asked
    assert asked <= _CODES


def test_the_dashboard_has_places_of_its_own_and_both_languages() -> None:
    panels = dashboard()["panels"]
    places = [
        (panel["gridPos"]["x"] + dx, panel["gridPos"]["y"] + dy)
        for panel in panels for dx in range(panel["gridPos"]["w"]) for dy in range(panel["gridPos"]["h"])
    ]  # fmt: skip
    assert len(places) == len(set(places))
    assert all(x < 24 for x, _ in places)
    assert all(" / " in panel["title"] or panel["title"].isascii() for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)

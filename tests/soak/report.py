"""What a soak tells: a line while it runs, tables and faults at its end."""

import sys
from collections.abc import Mapping
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.figures import milliseconds
from tests.soak.findings import Findings
from tests.soak.footprint import Footprints
from tests.soak.run import Plan, Result

_SPAN_SECONDS: Final = 60.0
_MOST_FAULTS_SHOWN: Final = 40


def progress(findings: Findings, seconds: float) -> None:
    """How it stands, on one line of standard error."""
    recent = findings.latency(seconds - 10, seconds)
    line = (
        f"\r{seconds:6.0f} s  asked {findings.asked}  checked {findings.checked}  faults {len(findings.faults)}  "
        f"refused {findings.refusals.total()}  troubles {findings.troubles.total()}  p95 {milliseconds(recent['p95'])} ms   "
    )
    sys.stderr.write(line)
    sys.stderr.flush()


def report(result: Result, plan: Plan, console: Console) -> None:
    """Everything, for a person."""
    findings = result.findings
    console.print(f"\n{plan.seconds / 60:g} minutes at {plan.per_second:g} requests a second, seed {plan.seed}")
    console.print(
        f"asked {findings.asked}, answers checked {findings.checked}, asked again and the same {findings.again}"
    )
    console.print(
        f"wrong answers {len(findings.wrong)}, refusals without a reason {len(findings.unexpected)}", style="bold"
    )
    console.print(_counts("refusals", findings.refusals))
    console.print(_counts("troubles", findings.troubles))
    console.print(_latencies(findings, plan))
    console.print(_holdings(result.begin, result.end))
    for fault in findings.faults[:_MOST_FAULTS_SHOWN]:
        console.print(f"  {fault}", style="red")


def _counts(title: str, counts: Mapping[str, int]) -> Table:
    table = Table(title, "", box=box.SIMPLE_HEAD)
    for name, number in sorted(counts.items()):
        table.add_row(name, str(number))
    return table


def _latencies(findings: Findings, plan: Plan) -> Table:
    span = min(_SPAN_SECONDS, plan.seconds / 3)
    last = max((planned for planned, _ in findings.taken), default=0.0)
    table = Table("ms from the planned start to the answer", "p50", "p95", "p99", box=box.SIMPLE_HEAD)
    for name, begin, end in (("start", 0.0, span), ("whole", 0.0, last), ("end", last - span, last)):
        table.add_row(name, *map(milliseconds, findings.latency(begin, end).values()))
    return table


def _holdings(begin: Footprints, end: Footprints) -> Table:
    table = Table("process", "MiB", "", "descriptors", "", "connections", "", box=box.SIMPLE_HEAD)
    for before, after in zip(begin.parts, end.parts, strict=True):
        figures = (before.rss >> 20, after.rss >> 20, before.descriptors, after.descriptors)
        table.add_row(before.label, *map(str, (*figures, before.connections, after.connections)))
    table.add_row("PostgreSQL", "", "", "", "", str(begin.database_connections), str(end.database_connections))
    return table

"""`python -m tests.soak [--minutes N] [--rate N] ...`: exits with 1 on any wrong answer, finding or growth."""

import argparse
import asyncio
import secrets
import sys
from typing import Final

from rich.console import Console

from tests.soak.footprint import growth
from tests.soak.report import progress, report
from tests.soak.run import Plan, soak
from tests.system.installation import Wanted, running_installation

_RESIDENTS_PER_SAMPLE: Final = 4


def main() -> int:
    """Start an installation on the loopback, soak it, and tell."""
    arguments = _arguments()
    wanted = Wanted(arguments.samples * _RESIDENTS_PER_SAMPLE, arguments.samples, arguments.centres)
    console = Console(highlight=False)
    with running_installation(wanted) as installation:
        plan = Plan(arguments.minutes * 60, arguments.rate, installation.samples, seed=arguments.seed)
        result = asyncio.run(soak(installation, plan, progress))
    report(result, plan, console)
    grown = growth(result.begin, result.end, installation.centres[0].label)
    for one in grown:
        console.print(f"  {one}", style="red")
    return 1 if result.findings.faults or grown else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    parser.add_argument("--centres", type=int, default=2, help="centre processes on the one database")
    parser.add_argument("--samples", type=int, default=1500, help="different residents who ask")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="of what happens when")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.safeguards [NAME ...] [--write]`: take out each safeguard in turn and name the test that failed."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from tests.safeguards.removal import PatchDoesNotApply, Removal, removals
from tests.safeguards.trial import ROOT, TrialBroken, copied_tree, run_tests

_PAGE: Final = ROOT / "docs" / "rules-and-tests.md"
_BEGIN: Final = "<!-- safeguards: begin -->\n"
_END: Final = "<!-- safeguards: end -->\n"
_HEAD: Final = "| taken out | the first test that failed |\n|---|---|\n"


def main() -> int:
    """Print a table; the exit status is 1 if a removal went unnoticed."""
    arguments = _arguments()
    chosen = [removal for removal in removals() if not arguments.names or removal.patch.stem in arguments.names]
    _require_green(chosen)
    noticed = {removal: _noticed_by(removal, number, len(chosen)) for number, removal in enumerate(chosen, start=1)}
    rows = {removal.name: _row(removal, test) for removal, test in noticed.items()}
    sys.stdout.write(f"\n{_HEAD}{''.join(rows.values())}")
    if arguments.write:
        _write(rows)
    unnoticed = [removal.name for removal, test in noticed.items() if test is None]
    if unnoticed:
        sys.stderr.write(f"UNNOTICED: {'; '.join(unnoticed)}\n")
    return 1 if unnoticed or not chosen else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.safeguards", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="file names in removals/ without .patch; all unless told"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/rules-and-tests.md")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - {removal.patch.stem for removal in removals()}
    if unknown:
        parser.error(f"there is no removal {', '.join(sorted(unknown))}")
    return arguments


def _require_green(chosen: Sequence[Removal]) -> None:
    """With every safeguard in place the same tests pass; else a failure later would prove nothing."""
    tests = sorted({test for removal in chosen for test in removal.tests})
    sys.stderr.write(f"{len(tests)} test files with every safeguard in place ... ")
    with copied_tree() as tree:
        trial = run_tests(tree, tests, stop_at_first=False)
    if trial.failed:
        sys.exit(f"these fail already: {', '.join(trial.failed)}")
    sys.stderr.write(f"{trial.run} passed\n")


def _noticed_by(removal: Removal, number: int, total: int) -> str | None:
    sys.stderr.write(f"[{number}/{total}] without {removal.name} ... ")
    with copied_tree() as tree:
        removal.apply(tree)
        trial = run_tests(tree, removal.tests, stop_at_first=True)
    test = trial.failed[0] if trial.failed else None
    sys.stderr.write(f"{test or 'NOBODY NOTICED'}\n")
    return test


def _row(removal: Removal, test: str | None) -> str:
    return f"| {removal.name} | {f'`{test}`' if test else '**nobody**'} |\n"


def _write(rows: Mapping[str, str]) -> None:
    """What was not tried this time stands as it was, by file name; what is no longer there goes."""
    before, written, after = page()
    all_rows = {**written, **rows}
    table = "".join(all_rows[removal.name] for removal in removals() if removal.name in all_rows)
    _PAGE.write_text(f"{before}{_BEGIN}{_HEAD}{table}{_END}{after}", encoding="utf-8")


def page() -> tuple[str, dict[str, str], str]:
    """What the page has before the table, its rows by the safeguard that was taken out, and what it has behind."""
    before, rest = _PAGE.read_text(encoding="utf-8").split(_BEGIN)
    table, after = rest.split(_END)
    lines = table.removeprefix(_HEAD).splitlines(keepends=True)
    return before, {line.split(" | ")[0].removeprefix("| "): line for line in lines}, after


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (PatchDoesNotApply, TrialBroken) as broken:
        sys.exit(f"{type(broken).__name__}: {broken}")

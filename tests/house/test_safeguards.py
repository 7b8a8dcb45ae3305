"""The removals of `make safeguards` keep up with the code. What they prove takes minutes and is run there."""

from pathlib import Path

import pytest

from tests.safeguards.__main__ import page
from tests.safeguards.removal import PatchDoesNotApply, Removal, removals
from tests.safeguards.trial import ROOT, Trial, TrialBroken, run_tests

PATCH = """Safeguard: nothing
Tests: tests/test_nothing.py

--- a/nothing.txt
+++ b/nothing.txt
@@ -1,1 +1,1 @@
-here
+gone
"""


@pytest.mark.parametrize("removal", removals(), ids=lambda removal: removal.patch.stem)
def test_each_removal_applies_to_the_code_as_it_is(removal: Removal) -> None:
    removal.apply(ROOT, only_check=True)
    assert all((ROOT / test).is_file() for test in removal.tests)


def test_no_two_removals_are_named_alike() -> None:
    names = [removal.name for removal in removals()]
    assert len(names) == len(set(names)) >= 7


def test_the_page_says_of_each_removal_which_test_missed_it() -> None:
    _, rows, _ = page()
    assert rows.keys() == {removal.name for removal in removals()}
    assert all("::test_" in row for row in rows.values())


def test_a_patch_is_applied_and_one_that_does_not_fit_is_told(tmp_path: Path) -> None:
    (tmp_path / "nothing.patch").write_text(PATCH)
    (tmp_path / "nothing.txt").write_text("here\n")
    removal = Removal.read(tmp_path / "nothing.patch")
    removal.apply(tmp_path)
    assert (tmp_path / "nothing.txt").read_text() == "gone\n"
    with pytest.raises(PatchDoesNotApply, match=r"nothing\.patch"):
        removal.apply(tmp_path)


@pytest.mark.parametrize(
    ("body", "failed"), [("assert 1", ()), ("assert 0", ("test_it.py::test_it",))], ids=["passes", "fails"]
)
def test_a_failed_test_is_named(tmp_path: Path, body: str, failed: tuple[str, ...]) -> None:
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {body}\n")
    assert run_tests(tmp_path, ["test_it.py"], stop_at_first=True) == Trial(1, failed)


@pytest.mark.parametrize("text", ["import nothing_of_that_name", "", "def test_it(missing): ..."])
def test_tests_that_could_not_run_prove_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "test_it.py").write_text(text)
    with pytest.raises(TrialBroken):
        run_tests(tmp_path, ["test_it.py"], stop_at_first=True)

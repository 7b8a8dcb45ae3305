"""A patch that takes out one safeguard, with a head that names it and the tests that must miss it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

REMOVALS: Final = Path(__file__).with_name("removals")
_HEAD: Final = re.compile(r"Safeguard: (?P<name>.+)\nTests: (?P<tests>.+)\n")


class PatchDoesNotApply(Exception):
    """The code has moved on: make the patch anew, so that it still takes out what its head says."""


@dataclass(frozen=True, slots=True)
class Removal:
    """`name` is the safeguard in words; `tests` are the paths, below the root, of the tests that watch over it."""

    patch: Path
    name: str
    tests: tuple[str, ...]

    @classmethod
    def read(cls, patch: Path) -> Self:
        """Raises ValueError for a patch without the two lines of its head."""
        head = _HEAD.match(patch.read_text(encoding="utf-8"))
        if head is None:
            message = f"{patch.name}: begins with 'Safeguard: ...' and 'Tests: ...'"
            raise ValueError(message)
        return cls(patch, head["name"], tuple(head["tests"].split()))

    def apply(self, root: Path, *, only_check: bool = False) -> None:
        """Take the safeguard out of the tree at `root`. Raises PatchDoesNotApply, with what git says."""
        check = ["--check"] if only_check else []
        # Away from any repository: the patch is about the files as they lie there, not about an index.
        command = ["git", "apply", "--whitespace=nowarn", *check, str(self.patch)]
        done = subprocess.run(
            command, cwd=root, env=_without_repository(root), check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            message = f"{self.patch.name}: {done.stderr.strip()}"
            raise PatchDoesNotApply(message)


def removals() -> tuple[Removal, ...]:
    """All of them, by file name."""
    return tuple(Removal.read(patch) for patch in sorted(REMOVALS.glob("*.patch")))


def _without_repository(root: Path) -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": str(root.parent), "LC_ALL": "C"}

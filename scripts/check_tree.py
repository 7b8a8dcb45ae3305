"""Checks that no tool brings: lock files hold names, versions and hashes only; no source file is over 500 lines."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST_LINES = 500
SOURCE_SUFFIXES = frozenset({".css", ".html", ".js", ".md", ".py", ".sh", ".sql", ".toml"})
VENDORED = "vendor"
"""Directories of what other people wrote, kept as it came."""

# `name==version ; marker \` and its hashes: a grammar in which no host, index address or path can hide.
_MARKER = r"\(*[a-z_]+ (==|!=|<|<=|>|>=) '[A-Za-z0-9.]+'\)*"
_PIN = re.compile(rf"[a-z0-9][a-z0-9-]*==[0-9][0-9a-z.+!]*( ; {_MARKER}( (and|or) {_MARKER})*)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def lock_faults(name: str, text: str) -> Iterator[str]:
    """Lines of a lock file that are neither a pinned package nor a hash, and pins without a hash."""
    hashes = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if _PIN.fullmatch(line):
            if hashes == 0:
                yield f"{name}:{number}: the package before has no hash"
            hashes = 0
        elif _HASH.fullmatch(line):
            hashes += 1
        else:
            yield f"{name}:{number}: neither a pinned package nor a hash"
    if hashes == 0:
        yield f"{name}: the last package has no hash"


def size_fault(name: str, text: str) -> Iterator[str]:
    """A file that has grown over the limit and should be split by job."""
    if (lines := text.count("\n")) > MOST_LINES:
        yield f"{name}: {lines} lines, more than {MOST_LINES}; split it by job"


def faults(root: Path) -> Iterator[str]:
    """Everything wrong in the tree at `root`."""
    for path in sorted((root / "requirements").glob("*.txt")):
        yield from lock_faults(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
    for path in _source_files(root):
        yield from size_fault(str(path.relative_to(root)), path.read_text(encoding="utf-8"))


def _source_files(root: Path) -> Iterable[Path]:
    """Files that are, or are about to be, in version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 (the developer's own git)
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    ours = (root / name for name in listed if VENDORED not in Path(name).parts)
    return (path for path in ours if path.suffix in SOURCE_SUFFIXES and path.is_file())


def main() -> int:
    """Print what is wrong; the number of faults decides the exit status."""
    found = list(faults(Path(__file__).parent.parent))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

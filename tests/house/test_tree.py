import re
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.check_tree import faults, lock_faults, size_fault

ROOT = Path(__file__).parents[2]
ADDRESS = "https" + "://packages.example/simple"
PIN = "aiohttp==3.14.5 \\\n    --hash=sha256:" + "0" * 64 + "\n"


def names_in(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return {found[0] for line in lines if (found := re.match(r"[a-z][a-z0-9-]*", line))}


def test_the_tree_has_no_fault() -> None:
    assert list(faults(ROOT)) == []


@pytest.mark.parametrize(
    "line",
    [
        f"--index-url {ADDRESS}",
        f"--extra-index-url {ADDRESS}",
        "--find-links /some/where",
        f"# from {ADDRESS}",
        f"aiohttp @ {ADDRESS}/aiohttp.whl \\",
        "aiohttp>=3.14 \\",
        "-r other.txt",
        f"cffi==2.1.1 ; os_name == 'nt' and {ADDRESS} \\",
    ],
)
def test_an_address_or_a_loose_version_in_a_lock_file_is_a_fault(line: str) -> None:
    assert list(lock_faults("lock.txt", PIN)) == []
    assert len(list(lock_faults("lock.txt", f"{PIN}{line}\n"))) == 1


def test_a_pin_may_have_several_markers() -> None:
    pin = PIN.replace(" \\\n", " ; os_name == 'nt' and implementation_name != 'PyPy' \\\n", 1)
    assert list(lock_faults("lock.txt", pin)) == []


def test_a_pinned_package_without_a_hash_is_a_fault() -> None:
    assert list(lock_faults("lock.txt", "click==8.5.1 \\\n" + PIN)) != []
    assert list(lock_faults("lock.txt", PIN + "click==8.5.1 \\\n")) != []


def test_a_file_of_more_than_500_lines_is_a_fault() -> None:
    assert list(size_fault("a.py", "\n" * 500)) == []
    assert list(size_fault("a.py", "\n" * 501)) != []


@pytest.mark.parametrize("kind", ["build", "runtime", "dev", "card-build", "card", "bench"])
def test_every_wanted_package_is_locked(kind: str) -> None:
    lock = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    assert all(re.search(rf"^{name}==", lock, re.MULTILINE) for name in names_in(f"{kind}.in"))


def test_python_3_11_2_gets_what_redis_needs_there() -> None:
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    assert re.search(r"^async-timeout==\S+ ; python_full_version < '3\.11\.3'", lock, re.MULTILINE)


def test_every_dependency_is_justified_and_nothing_else_is() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    justified = set(re.findall(r"^\| `([a-z0-9-]+)` \| \S", text, re.MULTILINE))
    system = (ROOT / "scripts" / "system-packages").read_text(encoding="utf-8").split("\n")
    wanted = {line for line in system if re.match(r"[a-z]", line)}
    kinds = ("build", "runtime", "dev", "card-build", "card", "bench")
    assert justified == wanted.union(*(names_in(f"{kind}.in") for kind in kinds))


def test_the_installation_brings_the_console_script() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"kiosk": "kiosk_server.cli:main"}
    assert Path(sys.executable).with_name("kiosk").exists()


def test_every_lint_exception_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lint = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.format]")]
    exceptions = re.findall(r'^ {4}"[A-Z]+[0-9]+",(.*)$', lint, re.MULTILINE)
    exceptions += re.findall(r'^"\S+" = \[.*\](.*)$', lint, re.MULTILINE)
    assert len(exceptions) > 10
    assert all(re.fullmatch(r" +# .{5,}", reason) for reason in exceptions)

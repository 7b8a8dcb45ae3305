"""PDFBox preflight, a judge of PDF/A-1b by other people than ours (Debian's libpdfbox2-java)."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Final
from xml.etree import ElementTree as ET

import pytest

_JARS: Final = (
    "preflight", "pdfbox2", "xmpbox", "fontbox2", "commons-logging", "commons-io", "javax.activation", "jaxb-api",
)  # fmt: skip
_PACKAGES: Final = "default-jre-headless libpdfbox2-java libcommons-logging-java libcommons-io-java libactivation-java libjaxb-api-java"


def preflight(files: Mapping[str, bytes], directory: Path) -> dict[str, set[tuple[str, str]]]:
    """What preflight holds against each file as PDF/A-1b: codes and the beginnings of what it says about them."""
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in _JARS]
    java = which("java")
    if java is None or not all(jar.exists() for jar in jars):
        pytest.fail(f"apt-get install --no-install-recommends {_PACKAGES}")
    listing = directory / "files.txt"
    for name, content in files.items():
        (directory / name).write_bytes(content)
    listing.write_text("".join(f"{directory / name}\n" for name in files), encoding="utf-8")
    command = [java, "-cp", ":".join(map(str, jars)), "org.apache.pdfbox.preflight.Validator_A1b", "xml", "group"]
    subprocess.run([*command, str(listing)], check=False, capture_output=True, timeout=100)
    report = ET.parse(listing.with_name("files.txt.preflight.xml"))  # noqa: S314 - a file that preflight has just written
    return {str(one.get("name")): set(map(_said, one.iter("error"))) for one in report.iter("preflight")}


def _said(error: ET.Element) -> tuple[str, str]:
    details = error.findtext("details", "").partition(" [")[0]
    return error.findtext("code", ""), details.rpartition("+")[2]

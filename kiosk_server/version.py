"""Which build this is."""

from importlib.metadata import PackageNotFoundError, version
from typing import Final

DISTRIBUTION: Final = "kiosk-issuance"


def build_version() -> str:
    """The version of the installed distribution; "uninstalled" when the code runs from its source tree alone."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "uninstalled"

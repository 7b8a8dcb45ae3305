"""Where `kiosk verify` takes the published keys and status lists from: as told, else what a demo here has published."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk_server.demo.directory import DemoDirectory

_TOLD: Final = "指定された場所 / as told"
_DEMO: Final = "デモが公開したもの / published by the demo"


@dataclass(frozen=True, slots=True)
class SealSource:
    """The directory, None where there is none, and in words whose it is."""

    directory: Path | None
    words: str = ""


def published_at(told: Path | None, data_dir: Path) -> SealSource:
    """The directory that was told, else that of the demo which runs or ran in `data_dir`."""
    if told is not None:
        return SealSource(told, _TOLD)
    published = DemoDirectory(data_dir.absolute()).published
    return SealSource(published, _DEMO) if published.is_dir() else SealSource(None)

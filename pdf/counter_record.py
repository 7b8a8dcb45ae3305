"""住民票の写し of the counter: what a kiosk never prints, beside the snapshot of the same form. Values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastLine:
    """履歴: the day (異動日) as printed, and what was recorded until then, item first."""

    occurred: str
    text: str


@dataclass(frozen=True, slots=True)
class CounterNotes:
    """Of one person: 住民票コード if it was asked for, when and why the record was removed (除票), and the history asked for."""

    resident_code: str | None = None
    removed: str | None = None
    moved_to: str | None = None
    past: tuple[PastLine, ...] = ()

"""Whether our own register and each source of files are well, and if not, what to do. Every text is Japanese, ` / `, English."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from civil.calendar import JST
from kiosk_server.sources.look import Look, Register
from sync.feeds.said_comparing import COMPARED
from sync.feeds.status import SourceStatus

Place = Literal["differences", "aside", "files", "held", ""]
_WHOLE_LIMIT: Final = timedelta(hours=25)
_PARTS_MISSED: Final = 12
"""Of those between two parts: an hour with the usual five minutes."""
_BEHIND_SECONDS: Final = 60
_SYNC: Final = "kiosk serve sync は動いていますか。"
_BEHIND: Final = f"{_SYNC}動かすと追いつきます / is `kiosk serve sync` running? It catches up by itself"
_NOT_TAKEN: Final = {
    "refused": "最後のファイルを断った / the last file was refused",
    "waiting": "前の番号のファイルを待っている / waits for the file before",
}
_TOO_OLD: Final = "古いため発行を止めています / too old, its kinds are stopped"
_UNKNOWN_STOPS: Final = "古く、失効した電子証明書を知らないおそれ(発行は続く) / too old: revoked certificates may not be known; nothing stops"
_DOUBTED: Final = (
    "だれがどう違うか: kiosk feed doubts。全件ファイルを適用 / who and how: kiosk feed doubts; then apply a full file"
)
_ASIDE: Final = (
    "一覧: kiosk feed aside。直して送り直してもらう / list: kiosk feed aside; have them corrected and sent again"
)
_UNLISTED: Final = "連携元に全件ファイルか照合用の一覧を頼む / ask the source for a full file or a list"
_LATE: Final = f"{_SYNC}今すぐ: kiosk feed reconcile / is `kiosk serve sync` running? At once: kiosk feed reconcile"
_LATE_REGISTER: Final = (
    f"{_SYNC}今すぐ: kiosk reconcile now / is `kiosk serve sync` running? At once: kiosk reconcile now"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not well, and what to do; `place` names the page of the console that says more."""

    found: str
    way_out: str
    place: Place = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, how it is, and what is wrong with it."""

    name: str
    found: str
    fault: Fault | None = None


def checks_of_held(look: Look) -> Iterator[Check]:
    """Who is held back: by the comparison with the register, because a row was refused, otherwise."""
    yield _count("台帳と違う人 / differ from the register", look.differing, "kiosk reconcile list", "differences")
    refused = "kiosk hold list。台帳を直す / kiosk hold list; correct the register"
    yield _count("取り込めない人 / rows refused", look.refused, refused, "held")
    yield _count("ほかの保留 / held back otherwise", look.held_otherwise, "kiosk hold list", "held")


def checks_of_register(register: Register, now: datetime, part_every: timedelta) -> Iterator[Check]:
    """How far behind it we are, and when it was compared."""
    behind = register.behind
    found = f"{behind.sequences}件、{behind.seconds:.0f}秒 / {behind.sequences} changes, {behind.seconds:.0f} seconds"
    fault = Fault(found, _BEHIND) if behind.seconds > _BEHIND_SECONDS else None
    yield Check("台帳からの遅れ / behind the register", found, fault)
    yield _compared("全員の照合 / everybody compared", register.whole_at, now - _WHOLE_LIMIT)
    yield _compared("部分の照合 / part compared", register.part_at, now - _PARTS_MISSED * part_every)


def faults_of_register(look: Look, now: datetime, part_every: timedelta) -> Sequence[Fault]:
    """What is not well with our own register, said with what was looked at; nothing where residents come in files."""
    if look.register is None:
        return []
    checks = [*checks_of_register(look.register, now, part_every), *checks_of_held(look)]
    return [
        Fault(_both(check.name, check.found), check.fault.way_out, check.fault.place) for check in checks if check.fault
    ]


def faults_of_source(source: SourceStatus, now: datetime) -> Sequence[Fault]:
    """Everything that is not well with a source of files, the worst first."""
    since = now - _WHOLE_LIMIT
    began = source.said_since if source.source in COMPARED else None
    late = began is not None and max(began, source.compared_at or began) < since
    taken = source.last_result not in _NOT_TAKEN
    listed, compared = _at(source.listed_at), _at(source.compared_at)
    found = (
        (source.is_too_old, Fault(_UNKNOWN_STOPS if source.source == "certificate" else _TOO_OLD, next_file(source), "files")),
        (source.doubted, Fault(f"{source.doubted}人が違う / {source.doubted} differ", _DOUBTED, "differences")),
        (source.aside, Fault(f"読めない{source.aside}件を除いた / records that could not be read: {source.aside}", _ASIDE, "aside")),
        (not taken, Fault(_NOT_TAKEN.get(source.last_result or "", ""), next_file(source), "files")),
        (source.is_unlisted, Fault(f"全件・一覧は {listed} が最後 / the last full file or list: {listed}", _UNLISTED)),
        (late, Fault(f"照合は {compared} が最後 / last compared: {compared}", _LATE)),
    )  # fmt: skip
    return [fault for is_so, fault in found if is_so]


def next_file(source: SourceStatus) -> str:
    """The file that is wanted, and what to do about the one that came."""
    if source.last_result == "refused":
        return (
            f"届いたファイルを断りました({source.last_fault})。受領票か kiosk alert list の理由を連携元に伝え、直して送り直してもらう / "
            f"the last one was refused ({source.last_fault}): tell the source why (receipt, or kiosk alert list), have it sent again"
        )
    number = 0 if source.last_number is None else source.last_number + 1
    return f"{number}番か全件のファイルを受け取って適用: kiosk feed apply / get number {number} or a full file, apply it: kiosk feed apply"


def _count(name: str, count: int, way_out: str, place: Place) -> Check:
    found = f"{count}人 / {count} {'person' if count == 1 else 'persons'}"
    return Check(name, found, Fault(found, way_out, place) if count else None)


def _compared(name: str, last: datetime | None, since: datetime) -> Check:
    late = last is None or last < since
    return Check(name, _at(last), Fault(_at(last), _LATE_REGISTER) if late else None)


def _both(name: str, found: str) -> str:
    """`name`: `found`, in either language."""
    names, founds = name.split(" / "), found.split(" / ")
    return f"{names[0]}: {founds[0]} / {names[-1]}: {founds[-1]}"


def _at(instant: datetime | None) -> str:
    return "-" if instant is None else f"{instant.astimezone(JST):%Y-%m-%d %H:%M:%S}"

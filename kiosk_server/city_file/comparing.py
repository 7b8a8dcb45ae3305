"""Comparing a file with what is stored: what is new is added, what contradicts is refused, what the file leaves out stays."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from civil.errors import KioskError
from issuance_db.city_settings import CityChanges, CityRows, Fee, Hours, MayorTerm, Retirement, SealTerm, TaxYear

_Term = TypeVar("_Term", MayorTerm, SealTerm)


class CityContradicted(KioskError):
    """登録済みの内容と食い違います。何も登録していません。 / The file contradicts what is stored; nothing was stored."""


def changes(stored: CityRows, written: CityRows) -> CityChanges:
    """What to write so that everything in the file is stored. Raises CityContradicted, a line for each contradiction."""
    faults = [
        *_municipality(stored, written),
        *_terms("mayor", stored.mayors, written.mayors),
        *_terms("official_seal", stored.seals, written.seals),
        *_fees(stored.fees, written.fees),
        *_hours(stored.hours, written.hours),
        *_tax_years(stored.tax_years, written.tax_years),
        *_retirements(stored.retirements, written.retirements),
    ]
    if faults:
        raise CityContradicted("\n".join([str(CityContradicted()), *(f"  {fault}" for fault in faults)]))
    return CityChanges(
        CityRows(
            written.municipality if stored.municipality is None else None,
            _new_terms(stored.mayors, written.mayors),
            _new_terms(stored.seals, written.seals),
            tuple(fee for fee in written.fees if fee not in stored.fees),
            tuple(window for window in written.hours if window not in stored.hours),
            tuple(year for year in written.tax_years if _year(year) not in set(map(_year, stored.tax_years))),
            tuple(retirement for retirement in written.retirements if retirement not in stored.retirements),
        ),
        _ended(stored.mayors, written.mayors),
        _ended(stored.seals, written.seals),
        _ended_years(stored.tax_years, written.tax_years),
    )


def _municipality(stored: CityRows, written: CityRows) -> Iterator[str]:
    if stored.municipality is None or written.municipality is None:
        return
    for item in ("name", "my_number_allowed", "minimum_age"):
        there = getattr(stored.municipality, item)
        if there != getattr(written.municipality, item):
            yield f"{item}: 登録は {there} です。{_CORRECT}"


_CORRECT = (
    "ファイルを直すか、docs/operations.md の「登録済みの設定を直す」を見てください。 / "
    "That is what is stored. Correct the file, or see “Correcting what is stored” in docs/operations.md."
)
_NEW_DAY = (
    "変更は新しい from で加えてください。誤りなら docs/operations.md の「登録済みの設定を直す」を見てください。 / "
    "Another is stored for this day. Add a change under a new from; for a mistake see “Correcting what is stored” in docs/operations.md."
)
_LATER = "登録済みの最後の from より後の日にしてください。 / A new entry must begin after the last one stored, "


def _terms(name: str, stored: Sequence[_Term], written: Sequence[_Term]) -> Iterator[str]:
    known = {term.start: term for term in stored}
    for term in written:
        there = known.get(term.start)
        if there is None:
            if stored and term.start < stored[-1].start:
                yield f"{name} from {term.start}: {_LATER}{stored[-1].start}."
        elif _said(there) != _said(term):
            yield f"{name} from {term.start}: {_NEW_DAY}"
        elif there.until not in {None, term.until}:
            yield f"{name} from {term.start}: until {there.until} {_CORRECT}"


def _said(term: MayorTerm | SealTerm) -> tuple[object, ...]:
    return (term.title, term.name) if isinstance(term, MayorTerm) else (term.image,)


def _new_terms(stored: Sequence[_Term], written: Sequence[_Term]) -> tuple[_Term, ...]:
    known = {term.start for term in stored}
    return tuple(term for term in written if term.start not in known)


def _ended(stored: Sequence[_Term], written: Sequence[_Term]) -> tuple[_Term, ...]:
    open_ones = {term.start for term in stored if term.until is None}
    return tuple(term for term in written if term.start in open_ones and term.until is not None)


def _fees(stored: Sequence[Fee], written: Sequence[Fee]) -> Iterator[str]:
    known = {(fee.kind, fee.channel, fee.start): fee.yen for fee in stored}
    last = {(fee.kind, fee.channel): fee.start for fee in stored}
    for fee in written:
        place = f"fee {fee.kind} {fee.channel} from {fee.start}"
        there = known.get((fee.kind, fee.channel, fee.start))
        latest = last.get((fee.kind, fee.channel))
        if there is not None and there != fee.yen:
            yield f"{place}: {_NEW_DAY}"
        elif there is None and latest is not None and fee.start < latest:
            yield f"{place}: {_LATER}{latest}."


def _hours(stored: Sequence[Hours], written: Sequence[Hours]) -> Iterator[str]:
    """Hours have no date: those of a day are there as the file says, or not at all."""
    wanted = _by_day(written)
    kinds = {kind for kind, _ in wanted}
    for (kind, weekday), windows in _by_day(stored).items():
        if kind in kinds and wanted.get((kind, weekday)) != windows:
            yield f"hours {kind} ({weekday}, 1 = mon): {_CORRECT}"


def _tax_years(stored: Sequence[TaxYear], written: Sequence[TaxYear]) -> Iterator[str]:
    """A year may be given its last day; everything else about it stays."""
    known = {_year(year): year for year in stored}
    for year in written:
        there = known.get(_year(year))
        if there is not None and (there.start != year.start or there.until not in {None, year.until}):
            yield f"tax_year {year.kind} {year.year}: {there.start} - {there.until or ''} {_CORRECT}"


def _year(year: TaxYear) -> tuple[str, int]:
    return year.kind, year.year


def _ended_years(stored: Sequence[TaxYear], written: Sequence[TaxYear]) -> tuple[TaxYear, ...]:
    open_ones = {_year(year) for year in stored if year.until is None}
    return tuple(year for year in written if _year(year) in open_ones and year.until is not None)


def _retirements(stored: Sequence[Retirement], written: Sequence[Retirement]) -> Iterator[str]:
    known = {retirement.kind: retirement.last_day for retirement in stored}
    for retirement in written:
        there = known.get(retirement.kind)
        if there not in {None, retirement.last_day}:
            yield f"retired {retirement.kind}: {there} {_CORRECT}"


def _by_day(rows: Iterable[Hours]) -> Mapping[tuple[str, int], set[Hours]]:
    found: dict[tuple[str, int], set[Hours]] = defaultdict(set)
    for row in rows:
        found[row.kind, row.weekday].add(row)
    return dict(found)

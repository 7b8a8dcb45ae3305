"""Reading the file: everything in it is checked, and every fault is told with its place, before anything is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from civil.errors import KioskError
from issuance_db.city_settings import CityRows, Fee, Hours, MayorTerm, Municipality, Retirement, SealTerm, TaxYear
from kiosk_server.city_file.consistency import complaints
from kiosk_server.city_file.form import WEEKDAYS, CityItems, HoursItem, clock_time
from kiosk_server.city_file.printing import unprintable
from kiosk_server.toml_items import ItemsWrong, read_items

_LARGEST_IMAGE: Final = 1 << 20


class CityFileWrong(KioskError):
    """市の設定ファイルに誤りがあります。何も登録していません。 / The city file is wrong; nothing was stored."""


@dataclass(frozen=True, slots=True)
class CityWritten:
    """What a file says of which city."""

    municipality_code: str
    rows: CityRows


def read_city_file(file: Path) -> CityWritten:
    """The file's content, checked as a whole. Raises CityFileWrong, a line for each fault, or OSError for the file itself."""
    items = _items(file)
    images, faults = _images(items, file.parent)
    if not faults:
        rows = _rows(items, images)
        faults = [*complaints(items), *unprintable(rows)]
        if not faults:
            return CityWritten(items.municipality_code, rows)
    raise _wrong(file, faults)


def _items(file: Path) -> CityItems:
    try:
        return read_items(file, CityItems)
    except ItemsWrong as error:
        raise _wrong(file, error.faults) from None


def _wrong(file: Path, faults: Sequence[str]) -> CityFileWrong:
    return CityFileWrong("\n".join([f"{CityFileWrong()} {file}", *(f"  {fault}" for fault in faults)]))


def _images(items: CityItems, directory: Path) -> tuple[list[bytes], list[str]]:
    images, faults = [], []
    for number, seal in enumerate(items.official_seal, 1):
        try:
            with (directory / seal.image).open("rb") as file:
                images.append(file.read(_LARGEST_IMAGE + 1))
        except OSError as error:
            faults.append(
                f"official_seal[{number}].image: {seal.image} を読めません。 / It cannot be read: {error.strerror}."
            )
            continue
        if len(images[-1]) > _LARGEST_IMAGE:
            faults.append(
                f"official_seal[{number}].image: 1 MiB を超えています。小さい PNG にしてください。 / Larger than 1 MiB; use a smaller PNG."
            )
    return images, faults


def _rows(items: CityItems, images: list[bytes]) -> CityRows:
    return CityRows(
        Municipality(items.name, items.my_number_allowed, items.minimum_age),
        tuple(MayorTerm(m.start, m.until, m.title, m.name) for m in items.mayor),
        tuple(SealTerm(s.start, s.until, image) for s, image in zip(items.official_seal, images, strict=True)),
        tuple(Fee(f.kind.value, f.channel, f.start, f.yen) for f in items.fee),
        tuple(row for item in items.hours for row in _hours(item)),
        tuple(TaxYear(kind.value, y.year, y.start, y.until) for y in items.tax_year for kind in y.kinds),
        tuple(Retirement(r.kind.value, r.last_day) for r in items.retired),
    )


def _hours(item: HoursItem) -> Iterator[Hours]:
    for weekday in item.weekdays:
        yield Hours(item.kind.value, WEEKDAYS.index(weekday) + 1, clock_time(item.opens), clock_time(item.closes))

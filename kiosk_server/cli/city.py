"""`kiosk city`: what a city has set, from a file into the database and back to a person's eyes."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import click

from civil.calendar import jst_date
from civil.clock import utc_now
from issuance_db.city_settings import CityChanges, CityRows, Hours, change_city, read_city
from kiosk_server.city_file import CityWritten, changes, read_city_file
from kiosk_server.city_file.form import WEEKDAYS
from kiosk_server.cli.database import in_city, one_city, settings_option, writing_url
from kiosk_server.cli.failures import ANSWER_IS_NO

_url_option = click.option("--database-url", help="データベースの URL。省くと設定のもの / else that of the settings")


@click.group()
def city() -> None:
    """Set and show what a city has set: name, mayor, official seal, fees, hours.

    市の設定を登録する、見る。
    """


@city.command("apply")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@settings_option
@_url_option
def apply(file: Path, settings_file: Path | None, database_url: str | None) -> None:
    """Store what FILE.toml says and is not stored yet, all or nothing. docs/city-example.toml shows the form.

    Everything is checked first. What is stored is never overwritten: a change is a new entry with a new date.

    ファイルの内容のうち、まだ登録されていないものを登録する。
    """
    written = read_city_file(file)
    done = asyncio.run(_apply(writing_url("staff", database_url, settings_file), written))
    lines = [*_lines(done.added), *_ended(done)]
    for line in lines:
        click.echo(f"+ {line}")
    click.echo(
        f"{written.municipality_code}: " + ("登録しました。 / Stored." if lines else "変更なし。 / Nothing to change.")
    )


@city.command()
@settings_option
@_url_option
@click.option("--municipality-code", help="市区町村コード6桁。省くと設定のもの / the city; else that of the settings")
def show(settings_file: Path | None, database_url: str | None, municipality_code: str | None) -> int:
    """What is stored. Exit code 1 if there is no such city.

    登録されている内容。
    """
    code = one_city(municipality_code, settings_file)
    stored = asyncio.run(_stored(writing_url("staff", database_url, settings_file), code))
    if stored.municipality is None:
        click.echo(f"{code}: 登録されていません。 / Not registered: kiosk city apply", err=True)
        return ANSWER_IS_NO
    click.echo(f"{code}  ({jst_date(utc_now())} JST)")
    for line in _lines(stored):
        click.echo(f"  {line}")
    return 0


async def _apply(url: str, written: CityWritten) -> CityChanges:
    async with in_city(url, written.municipality_code, readonly=False) as (connection, code):
        done = changes(await read_city(connection, code), written.rows)
        await change_city(connection, code, done)
        return done


async def _stored(url: str, code: str) -> CityRows:
    async with in_city(url, code) as (connection, _):
        return await read_city(connection, code)


def _lines(rows: CityRows) -> Iterator[str]:
    if rows.municipality is not None:
        told = rows.municipality
        allowed = "あり / yes" if told.my_number_allowed else "なし / no"
        yield f"市区町村 / city: {told.name}  個人番号の記載 / My Number: {allowed}  年齢 / age: {told.minimum_age}-"
    for mayor in rows.mayors:
        yield f"市長 / mayor: {_days(mayor.start, mayor.until)}  {mayor.title}　{mayor.name}"
    for seal in rows.seals:
        digest = hashlib.sha256(seal.image).hexdigest()[:16]
        yield f"公印 / seal: {_days(seal.start, seal.until)}  {len(seal.image)} bytes, SHA-256 {digest}…"
    for fee in rows.fees:
        yield f"手数料 / fee: {_days(fee.start, None)}  {fee.kind}  {fee.channel}  {fee.yen} 円"
    for window in rows.hours:
        yield f"時間 / hours: {window.kind}  {_window(window)}"
    for year in rows.tax_years:
        yield f"年度 / tax year: {year.kind}  {year.year}  {_days(year.start, year.until)}"
    for retirement in rows.retirements:
        yield f"終了 / retired: {retirement.kind}  {retirement.last_day} まで / last day"


def _ended(done: CityChanges) -> Iterator[str]:
    for mayor in done.ended_mayors:
        yield f"市長 / mayor: {_days(mayor.start, mayor.until)}"
    for seal in done.ended_seals:
        yield f"公印 / seal: {_days(seal.start, seal.until)}"
    for year in done.ended_tax_years:
        yield f"年度 / tax year: {year.kind}  {year.year}  {_days(year.start, year.until)}"


def _days(start: date, until: date | None) -> str:
    return f"{start} - {'' if until is None else until}".rstrip()


def _window(window: Hours) -> str:
    closes = "24:00" if window.closes_at == time.max else f"{window.closes_at:%H:%M}"
    return f"{WEEKDAYS[window.weekday - 1]}  {window.opens_at:%H:%M}-{closes}"

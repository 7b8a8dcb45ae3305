"""Whom a document certificate shall name, and where the request for it goes: options of the commands that ask for one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_LONGEST_NAME = 64  # X.520, ub-organization-name and ub-common-name


def _name(_context: click.Context, option: click.Parameter, value: str) -> str:
    if not 0 < len(value) <= _LONGEST_NAME:
        raise click.BadParameter("1文字から64文字まで。 / 1 to 64 characters.", param=option)
    return value


_organisation = click.option("--organisation", required=True, callback=_name, help="組織名、市区町村名 / the city")
_common_name = click.option(
    "--common-name", required=True, callback=_name, help="証明書の名義、職名など / whom it names, such as the mayor"
)
_out = click.Path(path_type=Path, dir_okay=False)


def with_subject(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `organisation`, `common_name` and `request_out`, which is None for standard output."""
    out = click.option(
        "--request-out",
        type=_out,
        help="証明書署名要求の書き出し先。なければ標準出力 / where the request goes; else standard output",
    )
    return _organisation(_common_name(out(command)))


def with_subject_and_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `with_subject`, for a command that has to be told where the request goes."""
    out = click.option(
        "--request-out", required=True, type=_out, help="証明書署名要求の書き出し先 / where the request goes"
    )
    return _organisation(_common_name(out(command)))

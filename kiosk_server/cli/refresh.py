"""`kiosk refresh FILE...`: for whoever keeps certificates for years. Needs a time-stamping authority, and nothing of ours."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

import pdf
from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.cli.asking import write_private
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.talking import one_line
from kiosk_server.processes.starting import certificates_in
from kiosk_server.settings import SettingsInvalid, authority_url

_SUFFIX: Final = ".renewed.pdf"


@dataclass(frozen=True, slots=True)
class _Renewal:
    """What became of one file: where the renewed one is, or why there is none."""

    file: Path
    renewed: Path | None
    words: str


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="書き出し先(1ファイルのとき) / where to write, for one file",
)
@click.option("--in-place", is_flag=True, help="元のファイルを置き換える / replace the original")
@click.option("--tsa-url", envvar="KIOSK_TSA_URL", required=True, help="タイムスタンプ局 / the time-stamping authority")
@click.option(
    "--tsa-ca-file",
    envvar="KIOSK_TSA_CA",
    required=True,
    type=click.Path(path_type=Path),
    help="タイムスタンプ局の CA(PEM)、以前の局の分も / the CAs of time-stamps (PEM), those of earlier ones too",
)
@click.option(
    "--ca-file",
    envvar="KIOSK_DOCUMENT_CA",
    required=True,
    type=click.Path(path_type=Path),
    help="署名者の CA(PEM) / the signer's CA",
)
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で / the result as JSON")
def refresh(
    files: Sequence[Path],
    out: Path | None,
    tsa_url: str,
    tsa_ca_file: Path,
    ca_file: Path,
    *,
    in_place: bool,
    as_json: bool,
) -> int:
    """Renew the archive time-stamps of kept certificates (level B-LTA), while the newest one still holds.

    Each FILE is checked first; one that is not valid is refused. The renewed one is written beside it as
    NAME.renewed.pdf and the original stays, unless --out or --in-place says otherwise. Exit code 1: not all were renewed.

    保管している証明書の長期保管用タイムスタンプを、期限の前に更新する。
    """  # fmt: skip
    if (out is not None and (len(files) > 1 or in_place)) or len(set(files)) < len(files):
        raise click.UsageError(
            "--out は1ファイルのときだけです。 / --out is for one file, and each file is named once."
        )
    places = [out or (file if in_place else file.with_suffix(_SUFFIX)) for file in files]
    signers, stampers = pdf.Trust(certificates_in(ca_file)), pdf.Trust(certificates_in(tsa_ca_file))
    with _authorities(_checked(tsa_url), signers, stampers) as renew:
        pairs = list(zip(files, places, strict=True))
        with click.progressbar(pairs, label="更新 / renewing", file=sys.stderr, hidden=as_json) as shown:
            done = [_renewal(file, place, signers, stampers, renew) for file, place in shown]
    if as_json:
        one_line([{"file": one.file, "renewed": one.renewed, "said": one.words} for one in done])
    else:
        for one in done:
            click.echo(f"{'✗' if one.renewed is None else '✓'} {one.file}: {one.words}")
    return ANSWER_IS_NO if any(one.renewed is None for one in done) else 0


def _checked(tsa_url: str) -> str:
    try:
        return authority_url(tsa_url)
    except ValueError as wrong:
        raise SettingsInvalid(f"--tsa-url: {wrong}") from None


@contextmanager
def _authorities(tsa_url: str, signers: pdf.Trust, stampers: pdf.Trust) -> Iterator[Callable[[bytes], bytes]]:
    """What renews a file's bytes, over connections that are kept."""
    asking = pdf.Asking()
    authorities = pdf.Authorities(
        asking, pdf.TimeStamping(tsa_url, stampers), signers, pdf.Revocation(asking, utc_now), utc_now
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        runner.run(stack.enter_async_context(asking))
        try:
            yield lambda content: runner.run(pdf.renewed(content, authorities))
        finally:
            runner.run(stack.aclose())


def _renewal(
    file: Path, place: Path, signers: pdf.Trust, stampers: pdf.Trust, renew: Callable[[bytes], bytes]
) -> _Renewal:
    """One file: checked, renewed, checked again, written. Whatever is wrong with it, the next one has its turn."""
    try:
        if place != file and place.exists():
            return _Renewal(file, None, f"{place} がすでにあります。 / {place} exists already.")
        content = file.read_bytes()
        problems = pdf.verify(content, signers.roots, stamp_roots=stampers.roots).problems
        if not problems:
            content = renew(content)
            problems = pdf.verify(content, signers.roots, stamp_roots=stampers.roots).problems
        if problems:
            return _Renewal(file, None, " ".join(problems))
        _write(place, content)
    except (KioskError, OSError) as failure:
        return _Renewal(file, None, str(failure))
    return _Renewal(file, place, f"{place} に更新しました。 / Renewed as {place}.")


def _write(place: Path, content: bytes) -> None:
    """All of it or nothing: what stood there is only replaced by a file that is complete."""
    beside = place.with_name(f".{place.name}.new")
    write_private(beside, content)
    beside.replace(place)

"""`kiosk verify FILE.pdf`: for whoever received a certificate."""

from dataclasses import asdict
from pathlib import Path

import click

import pdf
from civil.calendar import JST
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.cli.talking import one_line
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.processes.starting import certificates_in


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ca-file", type=click.Path(path_type=Path), help="信頼する CA(PEM) / the CA to trust")
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で / the result as JSON")
@data_dir_option
def verify(file: Path, ca_file: Path | None, data_dir: Path, *, as_json: bool) -> int:
    """Say who signed a certificate, whether it is whole, its issuance number and pages.

    Exit code 0: valid. 1: not valid, or not signed by somebody we trust. 2: not a PDF, or not readable.

    署名者、改変の有無、発行番号、ページ数を示す。
    """
    trusted = ca_file or _of_the_demo(data_dir)
    result = pdf.verify(file.read_bytes(), () if trusted is None else certificates_in(trusted))
    if as_json:
        one_line({"valid": not result.problems, **asdict(result)})
    else:
        _show(result, trusted)
    if result.pages is None:
        return NOT_DONE
    return ANSWER_IS_NO if result.problems else 0


def _of_the_demo(data_dir: Path) -> Path | None:
    ca = DemoDirectory(data_dir.absolute()).ca
    return ca if ca.exists() else None


def _show(result: pdf.Verification, trusted: Path | None) -> None:
    click.echo("✗ 有効ではありません / NOT valid" if result.problems else "✓ 有効です / Valid")
    for problem in result.problems:
        click.echo(f"  {problem}")
    if trusted is None:
        click.echo(
            "  信頼する CA が分かりません。--ca-file で指定してください。 / No CA to trust; name one with --ca-file."
        )
    if result.pages is None:
        return
    at = None if result.signed_at is None else f"{result.signed_at.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"
    for label, value in (
        ("署名者 / signed by", result.signer),
        ("署名日時(自己申告) / signed at, by its own account", at),
        ("発行番号 / issuance number", result.issuance_number),
        ("ページ / pages", result.pages),
    ):
        click.echo(f"  {label}: {'-' if value is None else value}")

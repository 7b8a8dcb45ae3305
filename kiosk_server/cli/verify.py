"""`kiosk verify FILE`: for whoever received a certificate, as a file, a scan or a photograph."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

import pdf
from civil.calendar import JST
from civil.clock import utc_now
from kiosk_server.cli.failures import ANSWER_IS_NO, NOT_DONE
from kiosk_server.cli.running_demo import data_dir_option
from kiosk_server.cli.seal_source import published_at
from kiosk_server.cli.seal_words import seal_as_json, show_seal
from kiosk_server.cli.talking import one_line
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.processes.starting import certificates_in
from pdf.levels.judging import STAMP_UNTRUSTED
from pdf.verification import NOT_A_PDF, UNTRUSTED
from pdf.visible_seal.checking import check_pdf, check_picture, is_picture
from pdf.visible_seal.published_files import PublishedFiles
from pdf.visible_seal.verdict import SealCheck, Verdict

_COMPLETE = {
    True: "そろっています / complete",
    False: "そろっていません / incomplete",
    None: "このレベルにはありません / none at this level",
}
_WHAT_TO_DO = (
    "このファイルを証明書として受け取らず、発行した市区町村に確かめてください。 / "
    "Do not take this file for a certificate; ask the municipality that issued it."
)
_WAYS_OUT = {
    NOT_A_PDF: "PDF か、紙を写した JPEG か PNG を指定してください。 / Name a PDF, or a picture of the sheet (JPEG, PNG).",
    UNTRUSTED: (
        "--ca-file が市の公開した CA か確かめてください。そうなら受け取らないで、市に問い合わせてください。 / "
        "Make sure that --ca-file is the CA that the city published. If it is, do not accept the file; ask the city."
    ),
    STAMP_UNTRUSTED: "局の CA を --tsa-ca-file で指定してください。 / Name the authority's CA with --tsa-ca-file.",
}
"""What to do about problems that need not be a forger's work."""

_EXIT = {
    Verdict.GENUINE_STATEMENT: 0,
    Verdict.FORGED_OR_ALTERED: ANSWER_IS_NO,
    Verdict.VOID_OR_REPLACED: ANSWER_IS_NO,
    Verdict.CANNOT_TELL: NOT_DONE,
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ca-file", type=click.Path(path_type=Path), help="信頼する CA(PEM) / the CA to trust")
@click.option(
    "--tsa-ca-file",
    type=click.Path(path_type=Path),
    help="タイムスタンプ局の CA(PEM)、無指定なら --ca-file / the CA to trust for time-stamps; else that of --ca-file",
)
@click.option(
    "--seal-directory",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="市が公開した鍵と状態リスト(kiosk seal publish)。省くと、デモが公開したもの / keys and status lists that the city publishes; else those of the demo",
)
@click.option("--json", "as_json", is_flag=True, help="結果を JSON で / the result as JSON")
@data_dir_option
def verify(
    file: Path,
    ca_file: Path | None,
    tsa_ca_file: Path | None,
    seal_directory: Path | None,
    data_dir: Path,
    *,
    as_json: bool,
) -> int:
    """Check a certificate: a PDF's signature and the codes on its pages; of a scan or photo (PNG, JPEG) the code.

    Nobody is asked: a signature with time-stamps and validation data (B-LTA) is judged by what is in the file.

    Exit code 0: the signature is valid; a genuine statement, to be compared with the sheet. 1: not valid, forged, altered,
    void or replaced. 2: not readable; of a picture also: cannot tell.

    PDF の署名者、改変の有無、発行番号、ページ数と、券面確認コードを確かめる。画像ではコードだけを確かめる。
    """
    content = file.read_bytes()
    source = published_at(seal_directory, data_dir)
    published = PublishedFiles(source.directory)
    if is_picture(content):
        check = check_picture(content, published, utc_now())
        one_line({"seal": seal_as_json(check, source)}) if as_json else show_seal(check, source)
        return _EXIT[check.verdict]
    trusted = ca_file or _of_the_demo(data_dir)
    roots = () if trusted is None else certificates_in(trusted)
    result = pdf.verify(content, roots, stamp_roots=None if tsa_ca_file is None else certificates_in(tsa_ca_file))
    check = check_pdf(content, result, published, utc_now())
    if as_json:
        one_line({"valid": not result.problems, **asdict(result), "seal": seal_as_json(check, source)})
    else:
        _show(result, trusted)
        if result.pages is not None:
            show_seal(check, source)
    return _exit_code(result, check)


def _exit_code(result: pdf.Verification, check: SealCheck) -> int:
    if result.pages is None:
        return NOT_DONE
    return ANSWER_IS_NO if result.problems or _EXIT[check.verdict] == ANSWER_IS_NO else 0


def _of_the_demo(data_dir: Path) -> Path | None:
    ca = DemoDirectory(data_dir.absolute()).ca
    return ca if ca.exists() else None


def _show(result: pdf.Verification, trusted: Path | None) -> None:
    click.echo("電子署名 / signature:")
    click.echo("✗ 有効ではありません / NOT valid" if result.problems else "✓ 有効です / Valid")
    for problem in result.problems:
        click.echo(f"  {problem}")
    told = [problem for problem in result.problems if problem != UNTRUSTED or trusted is not None]
    for way_out in dict.fromkeys([_WAYS_OUT.get(problem, _WHAT_TO_DO) for problem in told]):
        click.echo(f"  {way_out}")
    if trusted is None:
        click.echo(
            "  信頼する CA が分かりません。--ca-file で指定してください。 / No CA to trust; name one with --ca-file."
        )
    if result.pages is None:
        return
    for label, value in (
        ("署名者 / signed by", result.signer),
        ("署名日時(自己申告) / signed at, by its own account", _moment(result.signed_at)),
        *(("タイムスタンプ / time-stamp", f"{_moment(one.at)} {one.authority}") for one in result.time_stamps),
        ("署名レベル / signature level", result.level),
        ("失効情報 / validation data", _COMPLETE[result.validation_data_complete]),
        ("発行番号 / issuance number", result.issuance_number),
        ("ページ / pages", result.pages),
    ):
        click.echo(f"  {label}: {'-' if value is None else value}")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"

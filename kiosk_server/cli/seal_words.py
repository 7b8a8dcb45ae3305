"""How `kiosk verify` tells a verdict: in words for whoever stands at the counter, Japanese first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import click

from civil.calendar import JST, wareki
from kiosk_server.cli.seal_source import SealSource
from kiosk_server.issuing.request import Kind
from pdf.visible_seal.statement import SealStatement
from pdf.visible_seal.verdict import Reason, SealCheck, Verdict

_LINE: Final = "━" * 60
_HEADINGS: Final[Mapping[Verdict, tuple[str, str]]] = {
    Verdict.FORGED_OR_ALTERED: ("✗ 偽造または改ざんの疑いがあります", "Forged or altered"),
    Verdict.VOID_OR_REPLACED: ("✗ この証明書は無効です", "Void or replaced"),
    Verdict.CANNOT_TELL: ("？ 判定できません", "Cannot tell"),
    Verdict.GENUINE_STATEMENT: (
        "○ 市が発行した内容です。次の内容を券面と見比べてください",
        "A genuine statement of the city. Compare these facts with the sheet",
    ),
}
_REASONS: Final[Mapping[Reason, str]] = {
    Reason.STATEMENT_ISSUED: "市の署名があり、有効として公開されています。写しにも同じコードが付くので、見比べることが必要です。 / Signed by the city, and published as valid. A copy bears the same code: compare.",
    Reason.VOID: "発行が取り消されたか、発行されたことがありません。 / Cancelled, or never issued.",
    Reason.REPLACED: "別の証明書に差し替えられています。 / Another sheet has replaced it.",
    Reason.CODE_MALFORMED: "コードの内容が壊れています。 / The code does not hold what ours do.",
    Reason.SIGNATURE_WRONG: "コードの署名が市のものではありません。 / The code was not signed by the city.",
    Reason.KEY_NOT_IN_FORCE: "発行日に使われていない鍵で署名されています。 / Signed with a key that was not in use on that day.",
    Reason.TEXT_CHANGED: "ページの文字が、発行されたときと違います。 / The page's text is not what was issued.",
    Reason.PAGES_DISAGREE: "ページとコードが合いません。 / Pages and codes do not belong together.",
    Reason.FILE_CHANGED: "電子署名の後でファイルが変更されています。 / The file was changed after it was signed.",
    Reason.SIGNER_UNKNOWN: "PDF の電子署名が、市の公開した証明書によるものではありません。市に問い合わせてください。 / The electronic signature of the PDF is under no certificate that the city has published. Ask the city.",
    Reason.NO_CODE: "読み取れるコードがありません。明るい所で、真上から、大きく撮ってください。 / No code could be read. Take the picture in good light, from above, and close.",
    Reason.CODE_MISSING: "コードを読み取れないページがあります。そのページを、明るい所で、真上から、大きく撮ってください。 / The code of a page could not be read. Take a picture of that page in good light, from above, and close.",
    Reason.SEVERAL_SHEETS: "複数の証明書のコードがあります。1通ずつ確かめてください。 / Codes of several certificates. Check one at a time.",
    Reason.NEWER_FORM: "このプログラムの知らない形式のコードです。新しいものを使うか、市に問い合わせてください。 / A code of a form that this program does not know. Use a newer one, or ask the city.",
    Reason.NO_KEYS: "この市区町村の公開鍵がありません。市が公開したファイルを --seal-directory で指定してください。 / The city's public keys are not at hand. Name the files it publishes with --seal-directory.",
    Reason.KEYS_OLD: "公開鍵のファイルが、証明書より古いものです。新しいものを使ってください。 / The file of public keys is older than the certificate. Get the present one.",
    Reason.NO_LIST: "発行月の状態リストがないか、読み取れません。市が公開した今のファイルを --seal-directory で指定してください。 / The status list of the month of issue is missing or cannot be read. Name the files that the city publishes now with --seal-directory.",
    Reason.LIST_STALE: "状態リストの有効期限が過ぎています(または時計が違います)。時計を確かめ、市が公開した今のファイルを使ってください。 / The status list has expired, or the clock is wrong. Look at the clock, and get the files that the city publishes now.",
    Reason.LIST_OLDER: "状態リストが、証明書の発行より前のものです。新しいものを使ってください。 / The status list is from before the certificate was issued. Get the present one.",
    Reason.UNREADABLE: "ファイルを読み取れません。PDF か、紙を写した JPEG か PNG を指定してください。 / The file cannot be read. Name a PDF, or a picture of the sheet (JPEG, PNG).",
}
_WAYS_OUT: Final[Mapping[Verdict, str]] = {
    Verdict.FORGED_OR_ALTERED: "受け取らないで、市に問い合わせてください。 / Do not accept it; ask the city.",
    Verdict.VOID_OR_REPLACED: "受け取らないで、新しい証明書を見せてもらってください。 / Do not accept it; ask for a new one.",
}
"""What to do; where there is no verdict, or the facts are to be compared, the reason says it."""


def show_seal(check: SealCheck, source: SealSource) -> None:
    """The verdict between two lines, then why, the facts to compare, as of when, and by whose keys and lists."""
    japanese, english = _HEADINGS[check.verdict]
    click.echo(f"{_LINE}\n  {japanese}\n  {english}\n{_LINE}")
    click.echo(f"  {_REASONS[check.reason]}")
    if check.list_from is not None:
        at = _minute(check.list_from)
        click.echo(f"  {at} 以後の状態リストで、もう一度確かめてください。 / Look again with a list of {at} or later.")
    if check.verdict in _WAYS_OUT:
        click.echo(f"  {_WAYS_OUT[check.verdict]}")
    if check.statements and check.verdict is not Verdict.FORGED_OR_ALTERED:
        _show_facts(check.statements[0])
        _show_pages(check)
    if check.status_as_of is not None:
        click.echo(f"  状態リストの日時 / status as of: {_minute(check.status_as_of)}")
    if source.directory is not None:
        click.echo(f"  公開鍵と状態リスト / keys and status lists: {source.directory} ({source.words})")


def seal_as_json(check: SealCheck, source: SealSource) -> dict[str, Any]:
    """The same for programs; digests and secrets of the codes stay out."""
    return {
        "verdict": check.verdict,
        "reason": check.reason,
        "words": _HEADINGS[check.verdict][0],
        "status_as_of": None if check.status_as_of is None else check.status_as_of.isoformat(),
        "list_from": None if check.list_from is None else check.list_from.isoformat(),
        "published": None if source.directory is None else str(source.directory),
        "statements": [
            {
                "municipality_code": one.municipality_code,
                "issuance_number": one.issuance_number,
                "kind": one.kind,
                "issue_date": one.issue_date.isoformat(),
                "page": one.page,
                "pages": one.pages,
                "subject_name": one.subject_name,
                "subject_birth": one.subject_birth,
                "persons": one.persons,
            }
            for one in check.statements
        ],
    }


def _show_facts(statement: SealStatement) -> None:
    for label, value in (
        ("氏名 / name", statement.subject_name),
        ("生年月日 / date of birth", statement.subject_birth),
        ("人数 / persons", f"{statement.persons}"),
        ("証明書 / certificate", _kind(statement.kind)),
        ("発行日 / issued on", f"{wareki(statement.issue_date)} ({statement.issue_date})"),
        ("発行番号 / issuance number", statement.issuance_number),
        ("市区町村コード / city", statement.municipality_code),
    ):
        click.echo(f"    {label}: {value}")


def _show_pages(check: SealCheck) -> None:
    """Which pages were seen; the others are not spoken for."""
    seen, pages = sorted({one.page for one in check.statements}), check.statements[0].pages
    click.echo(f"    ページ / pages: {', '.join(map(str, seen))} / {pages}")
    if len(seen) < pages:
        click.echo("    ほかのページも確かめてください。 / Check the other pages too.")


def _minute(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M} JST"


def _kind(name: str) -> str:
    try:
        return f"{Kind(name).label} ({name})"
    except ValueError:
        return name

"""`kiosk request`: what a centre's gateway does, once."""

import ssl
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

import click

from cardauth import NotCanonical, UserCertificate, UserId
from civil.errors import KioskError
from kiosk_server.cli.asking import TERMINAL, Server, ask, new_request_id, place_for_a_file, write_private
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.reading_pin import read_pin
from kiosk_server.cli.running_demo import NotTold, data_dir_option, need, said_by
from kiosk_server.issuing.request import (
    Certificate,
    IssuanceRequest,
    Kind,
    ResidentRecordOptions,
    ResidentStatementOptions,
)
from kiosk_server.web.client import CentreProblem
from kiosk_server.web.wire import kinds_with_choice

_RECORD_OPTIONS = tuple(field.name for field in fields(ResidentRecordOptions))
_OPTIONS = tuple(field.name for field in fields(ResidentStatementOptions))
_FILE = click.Path(path_type=Path)
_Whom = Literal["household", "koseki", "self"]


@dataclass(frozen=True, slots=True)
class _MayChoose:
    persons: tuple[_Whom, ...]
    options: frozenset[str] = frozenset()


_NOTHING = _MayChoose(("self",))
_MAY_CHOOSE = {
    Kind.RESIDENT_RECORD: _MayChoose(("household", "self"), frozenset(_RECORD_OPTIONS)),
    Kind.RESIDENT_STATEMENT: _MayChoose(("household", "self"), frozenset(_OPTIONS)),
    Kind.KOSEKI_SUPPLEMENT: _MayChoose(("koseki", "self"), frozenset({"domicile"})),
}
_CREDENTIAL_FORMS = {
    "serial": "十進数で、先頭に 0 を付けない / decimal, without leading zeros",
    "issuer_key_id": "小文字の16進数 / lower-case hex",
    "user_id": "英数字と - _ で64文字まで / up to 64 letters, digits, - and _",
    "pin": "数字4桁 / four digits",
}
_NEXT_STEPS = {
    "not_identified": "シリアル番号と暗証番号を確かめてください。3回続けて間違えると止まり、窓口での解除が必要です。 / "
    "Look at serial and PIN. Three wrong PINs in a row lock the credential until the counter unlocks it.",
    "not_available": "今は発行できません(支援措置・転出予定・世帯の変更・もとになる記録が市にないなど)。理由は職員だけが見られます。 / "
    "It may not be had now (protection, a planned move, a change a moment ago, no record of it in this city). Only staff see why.",
    "already_answered": "同じ証明書がもう一度必要なら、新しい --request-id で請求してください。 / "
    "For another copy, ask with a new --request-id.",
    "request_conflict": "この --request-id は別の内容で使われています。新しい ID にしてください。 / "
    "This --request-id was used for something else. Take a new one.",
    "busy": "少し待って、同じ --request-id でもう一度。 / Wait a little, then ask again with the same --request-id.",
    "timed_out": "同じ --request-id でもう一度。 / Ask again with the same --request-id.",
    "not_fresh": "住民記録が更新中です。少し待って、同じ --request-id でもう一度。 / "
    "The record is changing. Wait a little, then ask again with the same --request-id.",
}
_AGAIN_IN_TIME = (
    "15分以内なら、同じ --request-id で同じ証明書を受け取れます。 / "
    "Within 15 minutes the same --request-id brings the same certificate again."
)
_MAY_ASK_AGAIN = frozenset({"busy", "timed_out", "not_fresh", "closed", "fault"})


class CredentialWritten(KioskError):
    """本人確認情報の書き方が正しくありません。 / The credential is not written in its one allowed form."""


class CertificateFiles(KioskError):
    """CA またはクライアント証明書のファイルを読めません。PEM 形式か確かめてください。 /
    The CA, the client certificate or its key cannot be read. Look whether they are PEM files that belong together."""


@click.command()
@click.option("--url", help="サーバー / the server, such as https://127.0.0.1:8443")
@click.option("--ca-file", type=_FILE, help="サーバーの CA(PEM) / the server's CA")
@click.option("--client-cert", type=_FILE, help="クライアント証明書(PEM) / our certificate")
@click.option("--client-key", type=_FILE, help="その鍵(PEM) / its key")
@click.option("--municipality-code", help="市区町村コード6桁 / the city")
@click.option("--serial", help="利用者証明用電子証明書のシリアル番号 / serial of the user certificate")
@click.option("--issuer-key-id", help="その発行者の鍵識別子(16進) / key id of its issuer")
@click.option("--user-id", help="利用者ID(電子証明書の代わり) / user id, instead of a certificate")
@click.option(
    "--pin-file", type=_FILE, help="暗証番号のファイル。なければ標準入力 / file with the PIN; else standard input"
)
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), default="resident_record", show_default=True)
@click.option(
    "--persons",
    type=click.Choice(["household", "koseki", "self"]),
    help="載せる人。住民票の写しと住民票記載事項証明書は household(既定)か self、戸籍の附票の写しは koseki(既定)か self / "
    "whom to show: household (else) or self on a resident_record or resident_statement, koseki (else) or self on a koseki_supplement. "
    "Other kinds are of the holder alone",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    type=click.Choice(_OPTIONS),
    help="記載する事項、何度でも / what to print; repeat",
)
@click.option(
    "--form", type=click.Choice(["household_list", "individual"]), default="household_list", show_default=True
)
@click.option(
    "--choice",
    help="税の証明書の年度(2026 は令和8年度)、罹災証明書の番号 / tax year of a tax certificate (2026 is 令和8年度), or number of a disaster_damage",
)
@click.option("--request-id", help="再送するときは前と同じ ID / the same as before to ask again; else a new one")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=place_for_a_file,
    help="書き出す PDF(既定は発行番号.pdf) / file; else NUMBER.pdf",
)
@data_dir_option
def request(data_dir: Path, pin_file: Path | None, output: Path | None, **told: Any) -> int:
    """Ask for one certificate over mutual TLS, as the certificate centre would.

    The PIN comes from standard input or --pin-file. With a demo running, --serial is enough.
    Exit code 1 when the server refuses.

    交付センター役として証明書を1通請求する。暗証番号は標準入力か --pin-file から。デモが動いていれば --serial だけでよい。
    """
    said = said_by(data_dir)
    server = _server(told, said)
    asked = _request(told, said, pin_file)
    try:
        certificate = ask(server, asked)
    except CentreProblem as problem:
        _tell_problem(problem, asked.request_id)
        return ANSWER_IS_NO
    except (ssl.SSLError, FileNotFoundError):
        raise CertificateFiles from None
    try:
        _tell_success(certificate, output or Path(f"{certificate.issuance_number}.pdf"))
    except OSError:
        click.echo(f"  {_AGAIN_IN_TIME}\n  --request-id {asked.request_id}", err=True)
        raise
    return 0


def _server(told: Mapping[str, Any], said: Mapping[str, Any]) -> Server:
    return Server(
        url=need("--url", told["url"], said, "centre_url"),
        ca_file=Path(need("--ca-file", told["ca_file"], said, "ca_file")),
        client_cert=Path(need("--client-cert", told["client_cert"], said, "client_cert")),
        client_key=Path(need("--client-key", told["client_key"], said, "client_key")),
    )


def _request(told: Mapping[str, Any], said: Mapping[str, Any], pin_file: Path | None) -> IssuanceRequest:
    form: Literal["household_list", "individual"] = told["form"]
    kind = Kind(told["kind"])
    return IssuanceRequest(
        request_id=told["request_id"] or new_request_id(),
        municipality_code=need("--municipality-code", told["municipality_code"], said, "municipality_code"),
        terminal=TERMINAL,
        credential=_credential(told, said, pin_file),
        kind=kind,
        persons=_persons(kind, told),
        options=_options(kind, told["options"]),
        form=form,
        choice=_choice(kind, told["choice"]),
    )


def _options(kind: Kind, told: Sequence[str]) -> ResidentRecordOptions:
    """What to print; `_persons` has refused what the kind does not print."""
    options = ResidentStatementOptions if kind is Kind.RESIDENT_STATEMENT else ResidentRecordOptions
    return options(**dict.fromkeys(told, True))


def _persons(kind: Kind, told: Mapping[str, Any]) -> _Whom:
    """Whom to show, the widest that the kind knows unless told. Raises NotTold for a choice that the kind does not give."""
    may = _MAY_CHOOSE.get(kind, _NOTHING)
    persons: _Whom = told["persons"] or may.persons[0]
    if persons in may.persons and may.options.issuperset(told["options"]):
        return persons
    if may is _NOTHING:
        raise NotTold(
            f"{kind} は本人だけの証明書で、--persons {persons} と --option は使えません。 / "
            f"A {kind} is of the holder alone: leave out --persons {persons} and --option."
        )
    raise NotTold(
        f"{kind} で選べるのは --persons {'・'.join(may.persons)} と --option {'・'.join(sorted(may.options))} です。 / "
        f"A {kind} takes --persons {' or '.join(may.persons)} and --option {', '.join(sorted(may.options))}."
    )


def _choice(kind: Kind, choice: str | None) -> str | None:
    """Which one of several, for the kinds that need it."""
    if (choice is not None) != (kind in kinds_with_choice()):
        kinds = ", ".join(sorted(kinds_with_choice()))
        raise NotTold(
            f"--choice は {kinds} に必要で、他では使えません。年度や番号です。キオスクの画面(kiosk terminal)に出ます。 / "
            f"{kinds} need --choice, a year or a number: the kiosk's screen (kiosk terminal) shows them. The others take none."
        )
    return choice


def _credential(told: Mapping[str, Any], said: Mapping[str, Any], pin_file: Path | None) -> UserCertificate | UserId:
    if (told["serial"] is None) == (told["user_id"] is None):
        raise NotTold("--serial と --user-id のどちらか一方を指定してください。 / Give either --serial or --user-id.")
    try:
        if told["user_id"] is not None:
            return UserId(told["user_id"], read_pin(pin_file))
        issuer = need("--issuer-key-id", told["issuer_key_id"], said, "issuer_key_id")
        return UserCertificate(issuer, told["serial"], read_pin(pin_file))
    except NotCanonical as wrong:
        form = _CREDENTIAL_FORMS[wrong.field_name]
        raise CredentialWritten(f"{CredentialWritten()} {wrong.field_name}: {form}") from None


def _tell_success(certificate: Certificate, output: Path) -> None:
    click.echo(f"発行番号 / issuance number: {certificate.issuance_number}", err=True)
    click.echo(f"ページ / pages: {certificate.pages}   手数料 / fee: {certificate.fee_yen} 円", err=True)
    if str(output) == "-":
        click.echo(certificate.content, nl=False)
        sys.stdout.flush()
    else:
        write_private(output, certificate.content)
        click.echo(f"保存先 / saved: {output}", err=True)


def _tell_problem(problem: CentreProblem, request_id: str) -> None:
    click.echo(f"発行できませんでした。 / Not issued: {problem.title} [{problem.code}]", err=True)
    where = f" ({problem.field})" if problem.field else ""
    click.echo(f"  {_NEXT_STEPS.get(problem.code, problem.detail)}{where}", err=True)
    if problem.retry_after is not None:
        click.echo(f"  {problem.retry_after} 秒後に。 / In {problem.retry_after} seconds.", err=True)
    if problem.issuance_number is not None:
        click.echo(f"  発行番号 / issuance number: {problem.issuance_number}", err=True)
    if problem.code in _MAY_ASK_AGAIN:
        click.echo(f"  --request-id {request_id}", err=True)

"""The entry: finds the command, and says in one clear line what went wrong."""

import logging
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

import click

from kiosk_server.cli.failures import explain
from kiosk_server.version import build_version

_COMMANDS: Final[Mapping[str, str]] = {
    "up": "起動する。--demo で架空の市と一緒に。 / Start everything; --demo brings an invented city.",
    "demo": "試しに住民票を1通作って終わる。 / Make one certificate in a temporary place, and stop.",
    "request": "交付センター役として証明書を請求する。 / Ask for a certificate as the centre would.",
    "card": "見本のカード:作る、置く、外す、請求する。 / Specimen cards of the demo: make, insert, remove, ask with one.",
    "terminal": "キオスク端末の画面を出す。 / The kiosk's screen, for a browser on this machine.",
    "till": "キオスク端末の帳簿を受付番号で見る。 / The books of a terminal's money, by the reference on its screen.",
    "verify": "PDF の署名を確かめる。 / Check a certificate's PDF: whose, and whole?",
    "refresh": "保管している証明書のタイムスタンプを更新する。 / Renew the archive time-stamps of kept certificates.",
    "history": "発行履歴を見る、書き出す。 / List, show and export what was issued.",
    "db": "データベースの版を見る、上げる、ロールのパスワードを作る。 / Look at and migrate the database; passwords of its roles.",
    "keys": "鍵と文書署名の証明書。 / The keys, and the certificate for signing documents.",
    "city": "市の設定:市長、公印、手数料、時間。 / What a city has set: mayor, seal, fees, hours.",
    "caller": "請求できる相手の証明書。 / Who may ask: certificates of centres and terminals.",
    "settle": "交付センターの日次明細との突合。 / Match the centre's daily statement.",
    "seal": "券面確認コード:鍵と状態リストの公開、無効化。 / The code on each sheet: publish keys and status, withdraw.",
    "feed": "印鑑登録・税・罹災・戸籍・電子証明書のファイルを適用する、照合する。 / Apply and compare files of other registers.",
    "reconcile": "発行用住民票と台帳の照合。違う人を見る、作り直しを承認する。 / Compare the records with the register; repair.",
    "registry": "住民基本台帳:証明・通知、台帳・提供、統計、操作記録、日次・年次処理。 / The resident registry: papers, lists, statistics, records, its daily and yearly work.",
    "sync": "証明書のもとになるデータの状態。 / Is what certificates are made from still true?",
    "alert": "警報を見る、説明する、確認する。 / Alerts: look, explain, confirm.",
    "stop": "発行を止める、再開する。 / Stop a kind, or let it go on.",
    "quarantine": "不一致になった文書を2人で開く。 / Open a document that failed, two persons together.",
    "hold": "発行を保留している人。 / Persons held back.",
    "pin": "窓口で暗証番号を登録する、解除する。 / Register or unlock a PIN at the counter.",
    "credential": "住民の電子証明書:更新、停止。 / User certificates of residents: renewed, stopped.",
    "staff": "職員画面の利用者。 / Accounts of the staff console.",
    "safety": "四半期の安全点検報告を作る。 / The quarterly report on safety, from the books.",
    "fsck": "発行履歴の整合性を調べる。 / Check the books against the invariants.",
    "changeover": "旧システムの印字項目との照合。 / Before another system is switched off: what it printed.",
    "doctor": "環境を点検する。 / Check this installation, with a fix for what is wrong.",
    "log": "履歴ログを検証する、証明する。 / Verify the history's tamper-evident log; prove what is in it.",
    "erasure": "保存期間を過ぎた個人情報の消去(二人で)。 / Erase personal columns past retention, by two persons.",
    "witness": "履歴ログの証人(別の機械で)。 / The witness of the history log, on another machine.",
    "serve": "プロセスを1つだけ動かす。 / Run one process of the installation.",
}
"""Each has a module of its own name; none is imported until it is asked for."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"kiosk_server.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(build_version(), prog_name="kiosk")
def kiosk() -> None:
    """証明書コンビニ交付サービス / Certificate issuance for kiosks and convenience stores."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    try:
        result = kiosk.main(list(arguments), prog_name="kiosk", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 - whatever it is, a person gets a line and not a traceback
        return explain(error)
    return result if isinstance(result, int) else 0


def main() -> None:
    """The console script."""
    # Libraries that find no handler would write to standard error what a person cannot use.
    logging.getLogger().addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that lacks a character shows a question mark and does not end the program.
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))

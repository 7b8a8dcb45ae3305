"""`kiosk log`: the tamper-evident log of history: verify it, prove a row, show where it stands, print its public keys."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from civil.calendar import JST
from civil.clock import utc_now
from issuance_db.log import witnessed
from issuance_db.log.note import SignedCheckpoint
from issuance_db.log.proving import InclusionProof, prove_issuance
from issuance_db.log.verifying import Finding, Outside, Verified, read_outside
from issuance_db.log.verifying import verify as verify_log
from kiosk_server.cli.database import database_url_option, in_city, settings_option, url_for
from kiosk_server.cli.failures import ANSWER_IS_NO
from kiosk_server.cli.log_keys import key, trusted_log_keys, trusted_witness_keys
from kiosk_server.cli.running_demo import data_dir_option, said_by
from kiosk_server.cli.talking import one_line

_READER: Final = "fsck"
_MOST_SHOWN: Final = 100


def _common(command: Any) -> Any:
    for option in (
        data_dir_option,
        settings_option,
        click.option("--municipality-code", help="市区町村コード / the city; else the one the database URL sets"),
        database_url_option,
        click.option("--json", "as_json", is_flag=True, help="結果を JSON で / the result as JSON"),
    ):
        command = option(command)
    return command


@click.group()
def log() -> None:
    """Verify the tamper-evident log of history, prove what is in it.

    履歴ログ(改ざん検知)を検証する、証明する。
    """


log.add_command(key)


@log.command()
@_common
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="証人のファイル。動いているデモではそのもの / the witness's file; else the running demo's",
)
@click.option(
    "--log-key",
    "log_keys",
    multiple=True,
    help="ログの公開鍵。省くと設定の鍵 / vkey of the log; else of the settings' keys",
)
@click.option(
    "--witness-key",
    "witness_keys",
    multiple=True,
    help="証人の公開鍵。省くと設定のもの / vkey of the witness; else that of the settings",
)
def verify(
    *, checkpoint: Path | None, log_keys: tuple[str, ...], witness_keys: tuple[str, ...], as_json: bool, **where: Any
) -> int:
    """Recompute everything. Exit code 1 if anything is not as it was written, or a row is missing, and which.

    履歴を最初から検証し、書き換え・削除・挿入された行を示す。証人のファイルを与えると、丸ごとの作り直しや末尾の削除も分かる。
    """
    said = said_by(where["data_dir"]) if where["settings_file"] is None and where["database_url"] is None else {}
    file = checkpoint or (Path(said["witness_file"]) if Path(said.get("witness_file", "")).is_file() else None)
    settings_file = where["settings_file"]
    outside = read_outside(
        file,
        trusted_log_keys(log_keys, settings_file, said),
        trusted_witness_keys(witness_keys, settings_file, said),
    )
    result = asyncio.run(_verify(where, outside))
    if as_json:
        one_line(_as_json(result))
    else:
        _show_result(result, outside)
    return ANSWER_IS_NO if result.findings else 0


@log.command()
@click.argument("issuance_number")
@_common
def prove(issuance_number: str, *, as_json: bool, **where: Any) -> None:
    """Print the proof that an issuance is in the log, and how it was recorded.

    発行番号の記録がログに含まれる証明を表示する。
    """
    proof = asyncio.run(_prove(where, issuance_number))
    if as_json:
        one_line(
            {
                "leaf_number": proof.leaf_number,
                "content": proof.content,
                "personal_commitment": proof.personal_commitment.hex(),
                "tree_size": proof.checkpoint.checkpoint.size,
                "proof": str(proof),
            }
        )
        return
    click.echo(f"✓ 葉 / leaf {proof.leaf_number} of {proof.checkpoint.checkpoint.size}")
    click.echo(f"記録 / recorded: {proof.content}")
    click.echo(f"個人情報の約束値 / commitment to what is personal: {proof.personal_commitment.hex()}")
    click.echo(f"\n{proof}", nl=False)


@log.command()
@_common
def show(*, as_json: bool, **where: Any) -> None:
    """The last checkpoint, what waits for the batcher and the witness, and what the witness accepted.

    ログの現在の状態。
    """
    signed, lag, accepted = asyncio.run(_stand(where))
    state = {
        "checkpoint": None if signed is None else str(signed),
        "unbatched_since": _iso(lag.unbatched_since),
        "unwitnessed_since": _iso(lag.unwitnessed_since),
        "witnesses": [{"witness": name, "size": size, "accepted_at": _iso(at)} for name, size, at in accepted],
    }
    if as_json:
        one_line(state)
        return
    click.echo(state["checkpoint"] or "まだ空です。 / Empty so far.", nl=signed is None)
    click.echo(f"未追記 / waiting for the batcher since: {_jst(lag.unbatched_since)}")
    click.echo(f"証人待ち / waiting for the witness since: {_jst(lag.unwitnessed_since)}")
    for name, size, at in accepted:
        click.echo(f"証人 / witness {name}: {size} ({_jst(at)})")


async def _verify(where: dict[str, Any], outside: Outside) -> Verified:
    async with in_city(_url(where), where["municipality_code"], isolation="repeatable_read") as (connection, city):
        return await verify_log(connection, city, outside, now=utc_now(), batch_limit=timedelta(minutes=1))


async def _prove(where: dict[str, Any], issuance_number: str) -> InclusionProof:
    async with in_city(_url(where), where["municipality_code"], isolation="repeatable_read") as (connection, city):
        return await prove_issuance(connection, city, issuance_number)


async def _stand(
    where: dict[str, Any],
) -> tuple[SignedCheckpoint | None, witnessed.Lag, Sequence[tuple[str, int, datetime]]]:
    async with in_city(_url(where), where["municipality_code"], isolation="repeatable_read") as (connection, city):
        return (
            await witnessed.latest_checkpoint(connection, city),
            await witnessed.lag(connection),
            await witnessed.cosignatures(connection, city),
        )


def _url(where: dict[str, Any]) -> str:
    return url_for(_READER, where["database_url"], where["settings_file"], where["data_dir"])


def _as_json(result: Verified) -> dict[str, Any]:
    return {
        "valid": not result.findings,
        "rows": result.rows,
        "leaves": result.leaves,
        "outside": result.outside,
        "findings": [_finding_as_json(finding) for finding in result.findings],
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    row = finding.row
    return {
        "what": finding.what,
        "table": row.table,
        "key": row.key,
        "leaf_number": row.leaf_number,
        "issuance_number": row.issuance_number,
        "request_id": row.request_id,
        "said": finding.said,
        "fix": finding.fix,
    }


def _show_result(result: Verified, outside: Outside) -> None:
    click.echo(f"行 / rows {result.rows:,}  葉 / leaves {result.leaves:,}  外部の控え / outside {result.outside:,}")
    if not result.outside:
        click.echo(
            "証人のファイルがないため、丸ごとの作り直しと末尾の削除は分かりません。--checkpoint で指定してください。 / "
            "Without the witness's file a log made anew as a whole, or cut off, cannot be told. Give --checkpoint."
        )
    if not outside.log_keys:
        click.echo(
            "ログの公開鍵がないため、署名は確かめていません。 / Without the log's key its signatures were not verified."
        )
    if not result.findings:
        click.echo("✓ 記録されたとおりです。 / Everything is as it was written.")
    for finding in result.findings[:_MOST_SHOWN]:
        click.echo(f"✗ {finding.row}\n    {finding.said}")
    if len(result.findings) > _MOST_SHOWN:
        click.echo(f"… {len(result.findings) - _MOST_SHOWN} more; --json")
    for fix in dict.fromkeys(finding.fix for finding in result.findings):
        click.echo(f"→ {fix}")


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _jst(at: datetime | None) -> str:
    return "-" if at is None else f"{at.astimezone(JST):%Y-%m-%d %H:%M:%S} JST"

"""`kiosk feed sftp-key`: the host key of the SFTP port, made once, and what senders are told of it."""

from pathlib import Path

import click

from kiosk_server.feed_sftp.host_key import fingerprint, make_host_key, public_line, read_host_key


@click.command("sftp-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def sftp_key(file: Path) -> None:
    """Make the host key of the SFTP port in FILE (0600), or read the one that is there, and print what senders are given: fingerprint and public key.

    SFTP の受け口のホスト鍵を作り(あれば読み)、送り手に渡す指紋と公開鍵を表示する。
    """
    key = read_host_key(file) if file.exists() else make_host_key(file)
    click.echo(f"指紋 / fingerprint: {fingerprint(key)}")
    click.echo(f"公開鍵 / public key: {public_line(key)}")

"""`kiosk witness`: cosigns checkpoints of the log, on another machine than the service."""

import asyncio
import os
import ssl
from collections import defaultdict
from pathlib import Path

import click

from civil.clock import utc_now
from issuance_db.log.note import LOG_SIGNATURE, NoteMalformed, VerifierKey
from kiosk_server.processes.lifecycle import Launch, Lifecycle
from kiosk_server.settings import host_and_port
from kiosk_server.web.logging import configure_logging
from kiosk_server.witness.cosigning import Witness
from kiosk_server.witness.notebook import opened
from kiosk_server.witness.serving import serve_witness


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="証人の鍵と記録の場所。サービスから書けない所に / for its key and record; where the service cannot write",
)
@click.option(
    "--log-key", "log_keys", multiple=True, required=True, help="信頼するログの公開鍵 / vkey of a log to cosign"
)
@click.option("--name", default="kiosk-witness", show_default=True, help="署名者名 / the name it signs under")
@click.option("--listen", default="127.0.0.1:8449", show_default=True, help="受け付けるアドレス / host:port")
@click.option("--tls-certificate", type=click.Path(path_type=Path), help="TLS の証明書(PEM) / TLS certificate")
@click.option("--tls-key", type=click.Path(path_type=Path), help="TLS の鍵(PEM) / its key")
@click.option("--ready-fd", type=int, hidden=True)
def witness(
    *,
    directory: Path,
    log_keys: tuple[str, ...],
    name: str,
    listen: str,
    tls_certificate: Path | None,
    tls_key: Path | None,
    ready_fd: int | None,
) -> None:
    """Cosign checkpoints that continue the last one seen, and keep them, until SIGTERM.

    履歴ログの証人。前回のチェックポイントの続きであるものだけに連署し、自分のファイルに残す。
    """
    logs = _by_origin(log_keys)
    try:
        host, port = host_and_port(listen)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    tls = None if tls_certificate is None or tls_key is None else _server_tls(tls_certificate, tls_key)
    configure_logging()
    os.umask(0o077)
    with opened(directory) as notebook:
        cosigner = Witness(notebook, notebook.signer(name), logs, utc_now)
        asyncio.run(_serve(cosigner, host, port, tls, ready_fd))


async def _serve(cosigner: Witness, host: str, port: int, tls: ssl.SSLContext | None, ready_fd: int | None) -> None:
    await serve_witness(cosigner, host, port, tls, Lifecycle("witness", Launch(ready_fd)))


def _by_origin(vkeys: tuple[str, ...]) -> dict[str, tuple[VerifierKey, ...]]:
    logs: dict[str, list[VerifierKey]] = defaultdict(list)
    for text in vkeys:
        key = VerifierKey.parse(text)
        if key.algorithm != LOG_SIGNATURE:
            raise NoteMalformed
        logs[key.name].append(key)
    return {origin: tuple(keys) for origin, keys in logs.items()}


def _server_tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context

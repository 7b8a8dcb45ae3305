"""Playing the centre for one request: over mutual TLS, with the protocol's own client."""

import asyncio
import errno
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import click

from cardauth import UserCertificate, UserId
from kiosk_server.issuing.request import Certificate, IssuanceRequest, Kind, ResidentRecordOptions, Terminal
from kiosk_server.web.client import CentreClient

TERMINAL = Terminal("kiosk request", "command line", "1")


@dataclass(frozen=True, slots=True)
class Server:
    """Whom to ask, and with which certificate."""

    url: str
    ca_file: Path
    client_cert: Path
    client_key: Path


def resident_record(
    municipality_code: str, credential: UserCertificate | UserId, options: ResidentRecordOptions
) -> IssuanceRequest:
    """A request for the whole household's 住民票の写し, under a new id."""
    return IssuanceRequest(
        request_id=new_request_id(),
        municipality_code=municipality_code,
        terminal=TERMINAL,
        credential=credential,
        kind=Kind.RESIDENT_RECORD,
        persons="household",
        options=options,
    )


def new_request_id() -> str:
    """An id that no request had before."""
    return uuid.uuid4().hex


def ask(server: Server, request: IssuanceRequest) -> Certificate:
    """The certificate. Raises CentreProblem, CentreUnreachable or AnswerBroken."""
    return asyncio.run(_ask(server, request))


async def _ask(server: Server, request: IssuanceRequest) -> Certificate:
    async with CentreClient(server.url, server.ca_file, server.client_cert, server.client_key) as client:
        return await client.issue(request)


def place_for_a_file(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    """The option's value. Raises OSError where no file can be written, before anything is issued or recorded that would then be lost."""
    target = path or Path.cwd()
    if str(target) != "-" and not os.access(target if target.exists() else target.parent, os.W_OK):
        number = errno.EACCES if target.parent.is_dir() else errno.ENOENT
        raise OSError(number, os.strerror(number), str(target))
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a certificate: for its owner's eyes (mode 0600), replacing what was there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)

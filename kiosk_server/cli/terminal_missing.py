"""What is not there when a terminal starts, for who starts it. The terminal serves all the same and finds it once it is there."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from cardauth.card import TransportFault
from cardauth.card.pcsc import reader_names
from kiosk_server.terminal.in_thread import in_thread
from kiosk_server.terminal.pcsc_reader import PcscReader
from kiosk_server.terminal.running import Parts
from kiosk_server.web.client import AnswerBroken, CentreClient, CentreProblem, CentreUnreachable

_NO_NUMBER: Final = "00000000-00-00000000-0"
"""Of no certificate: asked for, it shows whether the service knows us, and leaves nothing behind."""
_KNOWS_US: Final = "no_such_issuance"


async def missing(parts: Parts) -> list[str]:
    """A line for each thing, with what to do."""
    lines = await in_thread(lambda: list(_reader(parts)))
    if not await parts.devices.printer.is_ready():
        lines.append("プリンターの準備ができていません。アドレスと電源、用紙を確かめてください。 / The printer is not ready: its address, power and paper.")  # fmt: skip
    return [*lines, *[line async for line in _service(parts)]]


def _reader(parts: Parts) -> Iterator[str]:
    reader = parts.devices.reader
    if not isinstance(reader, PcscReader):
        return
    try:
        names = reader_names()
    except TransportFault as error:
        yield str(error)
        return
    if reader.name not in names:
        there = "、".join(names) or "なし / none"
        yield f"カードリーダー「{reader.name}」がありません。今あるのは: {there} / The reader is not there; those that are stand before."


async def _service(parts: Parts) -> AsyncIterator[str]:
    trust = parts.trust
    async with CentreClient(trust.url, trust.ca_file, trust.certificate, trust.private_key, tries=1) as client:
        try:
            await client.state(parts.municipality_code, _NO_NUMBER)
        except CentreProblem as problem:
            if problem.code != _KNOWS_US:
                yield f"{problem}"
        except (CentreUnreachable, AnswerBroken) as error:
            yield f"{trust.url}: {error}"

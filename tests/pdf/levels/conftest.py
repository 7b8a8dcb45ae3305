from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pdf import FontChain, UnsignedDocument
from tests.pdf.every_kind import document_of
from tests.pdf.levels.pki import Pki, running_pki
from tests.pdf.samples import SNAPSHOT


@pytest.fixture(scope="session")
def document(fonts: FontChain) -> UnsignedDocument:
    return document_of(SNAPSHOT, fonts)


@pytest.fixture
async def pki(tmp_path: Path) -> AsyncIterator[Pki]:
    async with running_pki(tmp_path) as pki:
        yield pki

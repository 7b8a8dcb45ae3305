from collections.abc import AsyncIterator

import pytest

from tests.cardauth.trust.authority import Authority, open_authority


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    """Give the fake authority, serving."""
    async with open_authority() as opened:
        yield opened

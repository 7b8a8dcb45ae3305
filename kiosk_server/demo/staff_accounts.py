"""Accounts of the demo's staff, ready to sign in: their passwords and codes stand in the demo's own directory, mode 0600."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

import asyncpg

from issuance_db.staff_accounts import find_account, make_account, release_account, set_password, set_second_factor
from keys.provider import KeyProvider
from kiosk_server.staff.passwords import Passwords, initial_password
from kiosk_server.staff.second_factor import new_secret, sealed

KEPT: Final = "staff"
"""The name under which the directory keeps them."""
_PREPARED_BY, _RELEASED_BY = "見本の準備", "見本の承認"
_STAFF: Final = (
    ("sato", "佐藤 窓口", ("counter",)),
    ("suzuki", "鈴木 照合", ("reconciliation",)),
    ("takahashi", "高橋 責任者", ("supervisor", "counter", "reconciliation")),
    ("tanaka", "田中 責任者", ("supervisor",)),
    ("ito", "伊藤 管理", ("administrator",)),
    ("watanabe", "渡辺 監査", ("auditor",)),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One of the demo's staff; the people are invented."""

    account_id: str
    name: str
    duties: tuple[str, ...]
    password: str = field(repr=False)
    secret: str = field(repr=False)


async def make_demo_accounts(
    connection: asyncpg.Connection, municipality_code: str, keys: KeyProvider
) -> Sequence[DemoAccount]:
    """Make them as role staff, with random passwords and secrets that nobody has to change."""
    passwords, made = Passwords(), []
    for account_id, name, duties in _STAFF:
        one = DemoAccount(account_id, name, duties, initial_password(), new_secret().hex())
        hashed = await passwords.hash(one.password)
        await make_account(connection, municipality_code, account_id, name, duties, None, hashed, _PREPARED_BY)
        await set_password(connection, municipality_code, account_id, hashed)
        kept = sealed(keys, municipality_code, account_id, bytes.fromhex(one.secret))
        await set_second_factor(connection, municipality_code, account_id, kept, 0)
        account = await find_account(connection, municipality_code, account_id)
        if account is not None and account.waits_since is not None:
            await release_account(connection, municipality_code, account_id, _RELEASED_BY, account.waits_since)
        made.append(one)
    return made


def as_kept(accounts: Sequence[DemoAccount]) -> dict[str, object]:
    """For the demo's directory."""
    return {"accounts": [asdict(account) for account in accounts]}

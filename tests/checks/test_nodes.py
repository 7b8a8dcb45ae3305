"""Munakata 2023: one city's program lacked the fix that others had. Here all live processes are of one edition."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from civil.clock import utc_now
from issuance_db import nodes as table
from keys.file_provider import add_key_version, create_keys
from keys.purpose import Purpose
from kiosk_server.checks import edition
from kiosk_server.checks import nodes as module
from kiosk_server.checks.for_the_centre import CentreChecks
from kiosk_server.checks.nodes import Membership
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.topology import topology
from kiosk_server.checks.wrong import Wrong
from kiosk_server.settings import read_settings
from tests.checks.told import wrong
from tests.processes.nodes import Nodes


class Starting:
    """Starts memberships of a site, each with its own connection."""

    def __init__(self, site: Nodes, stack: AsyncExitStack) -> None:
        self._site = site
        self._stack = stack

    async def __call__(
        self, process: str = "centre", role: str = "front", **settings: object
    ) -> tuple[Membership, Surroundings]:
        around = Surroundings(read_settings(self._site.settings(**settings)), process, role)
        return Membership(), await self._stack.enter_async_context(around)


@pytest.fixture
async def starting(site: Nodes) -> AsyncIterator[Starting]:
    async with AsyncExitStack() as stack:
        yield Starting(site, stack)


@asynccontextmanager
async def another_build(monkeypatch: pytest.MonkeyPatch, **changes: str) -> AsyncIterator[None]:
    """Inside, the program on this disk has other files."""
    ours = edition.build_parts()
    with monkeypatch.context() as patched:
        patched.setattr(module, "build_parts", lambda: {**ours, **changes})
        yield


async def test_one_edition_serves_together(starting: Starting, site: Nodes) -> None:
    first, other, sync = await starting(), await starting(), await starting("sync", "sync")
    for membership, around in (first, other, sync):
        await membership.look(around)
    assert (await first[0].look(first[1])).startswith("3 ")
    admin = await site.database.connect()
    rows = await admin.fetch("SELECT process, role_name FROM shared.node ORDER BY joined_at")
    assert [(row["process"], row["role_name"]) for row in rows] == [
        ("centre", "front"), ("centre", "front"), ("sync", "sync"),
    ]  # fmt: skip
    await other[0].leave(other[1])
    assert (await sync[0].look(sync[1])).startswith("2 ")


@pytest.mark.parametrize("process", [("centre", "front"), ("sync", "sync"), ("sweeper", "sweeper"), ("staff", "staff")])
async def test_mis_12_another_build_is_refused_with_the_component_named_and_the_first_goes_on(
    starting: Starting, monkeypatch: pytest.MonkeyPatch, process: tuple[str, str]
) -> None:
    first, first_around = await starting()
    await first.look(first_around)
    async with another_build(monkeypatch, **{"pdf/inspection.py": "0" * 16, "library pyhanko": "0.1"}):
        membership, around = await starting(*process)
        fault = await wrong(membership.look, around)
    assert "library pyhanko, pdf/inspection.py" in fault.reason_en
    assert "(centre)" in fault.reason_en
    assert "stop every process" in fault.fix_en
    assert await first.look(first_around)
    await first.leave(first_around)
    assert await membership.look(around)


async def test_a_start_waits_only_until_the_other_one_has_shown_that_it_lives(
    starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, first_around = await starting()
    await first.look(first_around)
    async with another_build(monkeypatch, **{"pdf/signing.py": "0" * 16}):
        newer, around = await starting()
        assert not (await refused(newer, around)).lasts
        assert not (await refused(newer, around)).lasts
        await first.look(first_around)
        assert (await refused(newer, around)).lasts


async def refused(membership: Membership, around: Surroundings) -> Wrong:
    with pytest.raises(Wrong) as raised:
        await membership.look(around)
    return raised.value


async def test_another_list_of_cities_is_refused_by_name(starting: Starting) -> None:
    first, first_around = await starting()
    await first.look(first_around)
    membership, around = await starting("sync", "sync", MUNICIPALITY_CODES="092029,092011")
    assert "KIOSK_MUNICIPALITY_CODES" in (await wrong(membership.look, around)).reason_en


async def test_other_keys_are_refused_without_a_word_about_them(starting: Starting, tmp_path: Path) -> None:
    first, first_around = await starting()
    await first.look(first_around)
    create_keys(tmp_path / "other", b"another passphrase", marker="demo")
    membership, around = await starting(KEYS_DIRECTORY=tmp_path / "other")
    fault = await wrong(membership.look, around)
    assert "key credential_index 1, key document_signature 1" in fault.reason_en
    assert "the same key file" in fault.fix_en


async def test_a_key_that_is_added_while_processes_run_is_taken_up_by_each_and_refuses_none(
    starting: Starting, site: Nodes
) -> None:
    (one, one_around), (other, other_around) = await starting(), await starting("sync", "sync")
    for membership, around in ((one, one_around), (other, other_around)):
        await membership.look(around)
    assert one_around.keys.marker == "demo"
    add_key_version(site.directory.keys, site.directory.keys_passphrase.read_bytes(), Purpose.KEPT_ANSWER)
    await other.look(other_around)
    assert await one.look(one_around), "it has not taken the key up yet, which is no fault for a minute"
    one_around.keys.refresh()
    await one.look(one_around)
    admin = await site.database.connect()
    said = await admin.fetch("SELECT settings::text AS settings FROM shared.node")
    assert len(said) == 2
    assert all("key kept_answer 2" in row["settings"] for row in said)


async def test_a_process_that_lacks_a_key_in_force_for_a_minute_does_not_serve_until_it_has_it(
    starting: Starting, site: Nodes
) -> None:
    (slow, slow_around), (other, other_around) = await starting(), await starting("sync", "sync")
    await slow.look(slow_around)
    assert slow_around.keys.marker == "demo"
    passphrase, long_ago = site.directory.keys_passphrase.read_bytes(), utc_now() - timedelta(minutes=2)
    add_key_version(site.directory.keys, passphrase, Purpose.KEPT_ANSWER, not_before=long_ago)
    await other.look(other_around)
    assert "key kept_answer 2" in (await wrong(slow.look, slow_around)).reason_en
    slow_around.keys.refresh()
    assert await slow.look(slow_around)


@pytest.mark.parametrize("name", ["DEADLINE_SECONDS", "TLS_CLIENT_CA", "SIGNATURE_LEVEL"])
async def test_centre_processes_have_more_alike(starting: Starting, site: Nodes, name: str) -> None:
    certificate = site.directory.certificate("centre")
    stamps = {"TSA_URL": "https://tsa.example.jp", "TSA_CA": certificate, "DOCUMENT_CA": certificate}
    others: dict[str, dict[str, object]] = {
        "DEADLINE_SECONDS": {"DEADLINE_SECONDS": "12"},
        "TLS_CLIENT_CA": {"TLS_CLIENT_CA": certificate},
        "SIGNATURE_LEVEL": {"SIGNATURE_LEVEL": "B-T", **stamps},
    }
    _, first = await starting()
    _, other = await starting("centre", "front", **others[name])
    found = [CentreChecks(around, topology, visits=False).membership for around in (first, other)]
    await found[0].look(first)
    assert f"KIOSK_{name}" in (await wrong(found[1].look, other)).reason_en


async def test_a_node_with_another_font_is_refused(starting: Starting) -> None:
    def drawing_with(digest: str) -> Membership:
        async def more() -> Mapping[str, str]:
            return {"font ipamjm.ttf": digest}

        return Membership(more)

    _, around = await starting()
    await drawing_with("75268aa9").look(around)
    _, other = await starting()
    assert "font ipamjm.ttf" in (await wrong(drawing_with("-").look, other)).reason_en


async def test_processes_compare_only_what_both_have_set(starting: Starting) -> None:
    async def more() -> Mapping[str, str]:
        return {"font ipamjm.ttf": "75268aa9"}

    _, around = await starting()
    await Membership(more).look(around)
    sweeper, other = await starting("sweeper", "sweeper")
    assert await sweeper.look(other)


async def test_who_crashed_falls_out_by_the_clock_of_the_database(
    starting: Starting, site: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed, around = await starting()
    await crashed.look(around)
    async with another_build(monkeypatch, **{"pdf/signing.py": "0" * 16}):
        newer, newer_around = await starting()
        await wrong(newer.look, newer_around)
        admin = await site.database.connect()
        await admin.execute(
            "UPDATE shared.node SET last_seen_at = last_seen_at - interval '1 minute' WHERE node_id = $1", _id(crashed)
        )
        assert (await newer.look(newer_around)).startswith("1 ")
    # It was only frozen: it comes back as the last, and does not throw out who serves now.
    assert "pdf/signing.py" in (await wrong(crashed.look, around)).reason_en
    assert await newer.look(newer_around)


async def test_a_row_that_was_removed_is_entered_anew(starting: Starting, site: Nodes) -> None:
    membership, around = await starting()
    await membership.look(around)
    admin = await site.database.connect()
    await admin.execute("DELETE FROM shared.node")
    assert (await membership.look(around)).startswith("1 ")


async def test_two_that_enter_at_once_agree_who_was_first(starting: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    one, around = await starting()
    async with another_build(monkeypatch, **{"pdf/signing.py": "0" * 16}):
        other, other_around = await starting()
        await other._own_edition(other_around)
    results = await asyncio.gather(one.look(around), other.look(other_around), return_exceptions=True)
    assert [isinstance(result, str) for result in results].count(True) == 1


async def test_the_doctor_compares_and_leaves_no_trace(
    starting: Starting, site: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, around = await starting()
    await first.look(around)
    async with another_build(monkeypatch, **{"civil/eras.py": "0" * 16}):
        assert "civil/eras.py" in (await wrong(Membership(visits=True).look, around)).reason_en
    assert "1 " in await Membership(visits=True).look(around)
    admin = await site.database.connect()
    assert await admin.fetchval("SELECT count(*) FROM shared.node") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shared.node SET last_seen_at = 'epoch'",
        "DELETE FROM shared.node",
    ],
)
async def test_a_role_touches_only_its_own_rows(starting: Starting, site: Nodes, statement: str) -> None:
    membership, around = await starting()
    await membership.look(around)
    sweeper = await site.database.connect("sweeper")
    assert await sweeper.execute(statement) in {"UPDATE 0", "DELETE 0"}
    assert len(await table.live_nodes(sweeper, timedelta(minutes=1))) == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sweeper.execute("UPDATE shared.node SET build_digest = decode(repeat('00', 32), 'hex')")


def _id(membership: Membership) -> object:
    assert membership._node is not None
    return membership._node.node_id


async def test_a_newcomer_that_is_stopped_while_it_enters_keeps_nobody_from_being_seen(
    starting: Starting, site: Nodes
) -> None:
    first, around = await starting()
    await first.look(around)
    stopped = await site.database.connect("sync")
    async with stopped.transaction():
        await stopped.execute("SELECT shared.lock_for_joining()")
        assert await asyncio.wait_for(first.look(around), 10)


async def test_a_session_of_the_checks_does_not_hold_a_transaction_for_long(around: Surroundings) -> None:
    connection = await around.database()
    assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "5s"

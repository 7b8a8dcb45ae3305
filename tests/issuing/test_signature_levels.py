"""The level that a city wants, with real authorities: made, refused, or a lower one where the city takes that openly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from aiohttp import web

import pdf
from issuance_db import history as books
from keys.document_key import DocumentKey
from keys.file_provider import FileKeyProvider
from keys.provider import KeyProvider
from kiosk_server.cli.history import _lower_level, as_csv
from kiosk_server.issuing.environment import Limits
from kiosk_server.issuing.issuing import Issuing
from kiosk_server.issuing.levels import LevelRules, raised
from kiosk_server.issuing.refusal import Refusal, RefusalCode
from kiosk_server.processes.levels import level_rules
from kiosk_server.settings import Settings, SettingsInvalid
from pdf import SignatureLevel
from tests.issuing.city import CENTRE, NOON, City
from tests.pdf.every_kind import document_of
from tests.pdf.levels.making import authorities, signed_by, told
from tests.pdf.levels.pem import as_pem
from tests.pdf.levels.pki import Pki, running_pki
from tests.pdf.samples import SNAPSHOT
from tests.sync.registry_rows import CITY

TSA, OCSP = "tsa/tsa", "ocsp/interm"


@pytest.fixture
async def pki(tmp_path: Path) -> AsyncIterator[Pki]:
    async with running_pki(tmp_path) as pki:
        assert pki.now == NOON
        yield pki


def signing_with(keys: KeyProvider, key: DocumentKey) -> KeyProvider:
    """The city's keys, but for the one that signs documents."""

    class Keys(FileKeyProvider):
        def __init__(self) -> None:
            pass

        def __getattribute__(self, name: str) -> object:
            return (lambda *_: key) if name == "document_signer" else getattr(keys, name)

    return Keys()


@asynccontextmanager
async def wanting(
    level: SignatureLevel, city: City, pki: Pki, *, lower: bool = False, limits: Limits | None = None
) -> AsyncIterator[City]:
    """The city with a level set, signed by a key of the test's authorities."""
    async with authorities(pki) as ours:
        rules = LevelRules(level, ours, frozenset({CITY} if lower else ()))
        keys = signing_with(city.environment.keys, pki.document_key())
        environment = replace(city.environment, keys=keys, levels=rules, limits=limits or city.environment.limits)
        yield replace(city, environment=environment, issuing=Issuing(environment))


async def levels_in_the_books(city: City) -> list[tuple[object, ...]]:
    rows = await city.rows(
        "SELECT level_asked, level_made, level_reason FROM history.issuance ORDER BY issuance_number"
    )
    return [tuple(row.values()) for row in rows]


async def down(_: bytes, __: bytes) -> web.Response:
    return web.Response(status=503)


@pytest.mark.parametrize("level", [SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA])
async def test_a_certificate_leaves_at_the_level_that_is_set(level: SignatureLevel, ashikaga: City, pki: Pki) -> None:
    card = await ashikaga.credential("101", "7001")
    async with wanting(level, ashikaga, pki) as city:
        certificate = await city.issuing.issue(CENTRE, city.request(card))
    found = await told(pki, certificate.content)
    assert (found.problems, found.level) == ((), level)
    assert await levels_in_the_books(ashikaga) == [(level, level, None)]


async def test_without_a_level_nothing_is_asked_and_nothing_is_noted(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    certificate = await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    assert await asyncio.to_thread(lambda: pdf.verify(certificate.content, []).level) == SignatureLevel.B_B
    assert await levels_in_the_books(ashikaga) == [(None, None, None)]


async def test_a_time_stamping_authority_that_is_down_means_busy_and_no_certificate(ashikaga: City, pki: Pki) -> None:
    card = await ashikaga.credential("101", "7001")
    pki.faults[TSA] = down
    async with wanting(SignatureLevel.B_LTA, ashikaga, pki) as city:
        request = city.request(card)
        with pytest.raises(Refusal) as refused:
            await city.issuing.issue(CENTRE, request)
        assert (refused.value.code, refused.value.reason) == (RefusalCode.BUSY, "signature_level_AuthorityUnreachable")
        assert await levels_in_the_books(ashikaga) == []
        assert await ashikaga.rows("SELECT 1 FROM issuance.kept_answer") == []
        [attempt] = await ashikaga.rows("SELECT state FROM issuance.intent")
        assert attempt["state"] == "void"
        pki.faults.clear()
        again = await city.issuing.issue(CENTRE, request)
    assert (await told(pki, again.content)).level == SignatureLevel.B_LTA


async def test_a_city_that_takes_a_lower_level_openly_gets_it_and_sees_it(ashikaga: City, pki: Pki) -> None:
    card = await ashikaga.credential("101", "7001")
    async with wanting(SignatureLevel.B_LTA, ashikaga, pki, lower=True) as city:
        pki.faults[TSA] = down
        first = await city.issuing.issue(CENTRE, city.request(card))
        pki.faults = {OCSP: down}
        second = await city.issuing.issue(CENTRE, city.request(card))
    assert [(await told(pki, one.content)).problems for one in (first, second)] == [(), ()]
    assert await levels_in_the_books(ashikaga) == [
        ("B-LTA", "B-B", "AuthorityUnreachable"),
        ("B-LTA", "B-T", "AuthorityUnreachable"),
    ]


async def test_a_late_authority_does_not_outlast_the_deadline(ashikaga: City, pki: Pki) -> None:
    card = await ashikaga.credential("101", "7001")

    async def late(_: bytes, right: bytes) -> web.Response:
        await asyncio.sleep(4)
        return web.Response(body=right)

    pki.faults[TSA] = late
    limits = Limits(deadline=timedelta(seconds=2))
    async with wanting(SignatureLevel.B_T, ashikaga, pki, lower=True, limits=limits) as city:
        with pytest.raises(Refusal) as refused:
            await city.issuing.issue(CENTRE, city.request(card))
    assert refused.value.code == RefusalCode.TIMED_OUT
    assert await levels_in_the_books(ashikaga) == []


async def test_staff_see_a_lower_level_and_why_in_the_history(ashikaga: City, pki: Pki) -> None:
    card = await ashikaga.credential("101", "7001")
    async with wanting(SignatureLevel.B_LTA, ashikaga, pki, lower=True) as city:
        pki.faults[TSA] = down
        certificate = await city.issuing.issue(CENTRE, city.request(card))
    reader = await ashikaga.database.connect("fsck", CITY)
    assert await books.level_of(reader, CITY, certificate.issuance_number) == books.RecordedLevel(
        "B-LTA", "B-B", "AuthorityUnreachable"
    )
    rows = await books.list_requests(reader, CITY)
    assert _lower_level(rows[0]) == "B-B<B-LTA(AuthorityUnreachable)"
    assert ",B-LTA,B-B,AuthorityUnreachable" in as_csv(rows).decode()


async def test_the_books_take_no_level_that_contradicts_itself(ashikaga: City) -> None:
    card = await ashikaga.credential("101", "7001")
    await ashikaga.issuing.issue(CENTRE, ashikaga.request(card))
    owner = await ashikaga.database.connect()
    await owner.execute("ALTER TABLE history.issuance DISABLE TRIGGER USER")
    for wrong in (
        "'B-T', NULL, NULL",
        "NULL, 'B-B', NULL",
        "'B-T', 'B-B', NULL",
        "'B-T', 'B-T', 'Late'",
        "'B-X', 'B-B', 'Late'",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(f"UPDATE history.issuance SET (level_asked, level_made, level_reason) = ({wrong})")


def _settings(**more: object) -> Settings:
    return Settings.model_validate({"signature_level": "B-LTA", **more})


async def test_what_a_level_needs_is_asked_for_by_name(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(b"nothing")
    has: dict[str, object] = {}
    for name, value in (("tsa_url", "https://tsa.example"), ("tsa_ca", tmp_path / "ca.crt")):
        with pytest.raises(SettingsInvalid, match=f"KIOSK_{name.upper()}"):
            async with level_rules(_settings(**has), lambda: NOON):
                pass
        has[name] = value
    with pytest.raises(SettingsInvalid, match="no certificate can be read"):
        async with level_rules(_settings(**has), lambda: NOON):
            pass


async def test_the_settings_become_the_rules(pki: Pki, tmp_path: Path) -> None:
    for name in ("root", "tsa-root"):
        (tmp_path / f"{name}.crt").write_bytes(as_pem(pki.certificate(name)))
    settings = _settings(
        tsa_url=pki.url("tsa/tsa"),
        tsa_ca=tmp_path / "tsa-root.crt",
        document_ca=tmp_path / "root.crt",
        allow_lower_level=CITY,
    )
    signed = await asyncio.to_thread(lambda: signed_by(pki, document_of(SNAPSHOT, pdf.FontChain())))
    async with level_rules(settings, lambda: pki.now) as rules:
        content, level = await raised(rules, CITY, signed)
    assert level == books.RecordedLevel("B-LTA", "B-LTA", None)
    assert (await told(pki, content)).problems == ()
    async with level_rules(Settings(), lambda: pki.now) as none:
        assert await raised(none, CITY, signed) == (signed, None)

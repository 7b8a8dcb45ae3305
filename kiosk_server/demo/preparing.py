"""From an empty place to a demo that can be served, step by step; a later start finds it done and only looks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from civil.clock import utc_now
from civil.errors import KioskError
from kiosk_server.demo import city as demo_city
from kiosk_server.demo import provisioning
from kiosk_server.demo.claiming import analyze, claim, renew_database
from kiosk_server.demo.directory import DemoDirectory
from kiosk_server.demo.elsewhere import people_elsewhere
from kiosk_server.demo.feeding import feed
from kiosk_server.demo.jpki.thread import ServedAuthority
from kiosk_server.demo.options import DEFAULT_SAMPLES, DemoOptions, Tell
from kiosk_server.demo.provisioning import LEAST_PINS, Filling, Sample
from kiosk_server.demo.servers import DATABASE, Servers
from kiosk_server.demo.staff_accounts import KEPT, as_kept
from kiosk_server.demo.trust import make_trust
from kiosk_server.demo.witness import INTERVAL_SECONDS, LIMIT_SECONDS, DemoWitness, prepare_witness
from kiosk_server.embedded.secret_file import write_secret
from kiosk_server.settings import PREFIX, read_settings

_CITY = "city"


class TooFewSamples(KioskError):
    """見本の住民がその人数いません。 / There are not so many sample residents."""


async def prepare(
    directory: DemoDirectory,
    servers: Servers,
    options: DemoOptions,
    tell: Tell,
    authority: ServedAuthority | None = None,
) -> tuple[Sample, ...]:
    """Make everything the processes need, once; returns the samples asked for. Raises what `claim` raises, TooFewSamples.

    With an `authority`, cards on a reader are taken.
    """
    known = directory.read(_CITY)
    if known is None and servers.server_url is not None:
        await renew_database(servers.server_url, DATABASE)
    tell("データベースを準備しています… / Preparing the database")
    await claim(
        servers.admin_url, directory, is_first_start=known is None, is_own_server=servers.server_url is not None
    )
    keys = make_trust(directory, utc_now)
    witness = prepare_witness(directory, keys)
    _write_settings(directory, servers, witness, options.workers, authority)
    if known is None:
        settings = read_settings(directory.settings)
        known = await _fill(Filling(settings.dsn, directory, keys, utc_now), servers, options, tell)
        directory.keep(_CITY, known)
    else:
        residents, seed = known["residents"], known["seed"]
        tell(
            f"前回のデータを使います(住民 {residents:,} 人、シード {seed})。 / Using the city of the last start: {residents:,} residents, seed {seed}"
        )
    return _samples(known, options.samples)


async def _fill(filling: Filling, servers: Servers, options: DemoOptions, tell: Tell) -> Mapping[str, Any]:
    tell(f"架空の住民 {options.residents:,} 人を作っています… / Inventing {options.residents:,} residents")
    city = demo_city.generate_city(options.residents, options.seed)
    tell("住民基本台帳に登録しています… / Entering them into the resident registry")
    await provisioning.load_people(filling, city)
    await analyze(servers.admin_url)
    chosen = demo_city.samples(city, max(options.samples or 0, LEAST_PINS))
    tell("電子証明書と暗証番号を登録しています… / Registering cards and PINs")
    await provisioning.register(filling, city, chosen)
    tell("発行用住民票に反映しています… / Projecting the issuance records")
    await provisioning.project(filling, city)
    tell("印鑑登録と戸籍を作っています… / Inventing seals and koseki")
    await feed(filling.dsn, city, chosen, filling.clock())
    filling.directory.keep(KEPT, as_kept(await provisioning.employ(filling, city.municipality_code)))
    found = await provisioning.read_samples(filling, city, chosen)
    issuer = city.credentials[0].issuer_key_id
    elsewhere = await people_elsewhere(filling.dsn, city.municipality_code, issuer, filling.clock())
    samples = [asdict(sample) for sample in found]
    return {"residents": options.residents, "seed": options.seed, "samples": samples, "elsewhere": elsewhere}


def _samples(known: Mapping[str, Any], asked_for: int | None) -> tuple[Sample, ...]:
    rows: Sequence[Mapping[str, Any]] = known["samples"]
    wanted = min(DEFAULT_SAMPLES, len(rows)) if asked_for is None else asked_for
    if not 0 < wanted <= len(rows):
        raise TooFewSamples(
            f"この市で見本にできる住民は {len(rows)} 人です。--samples を減らすか、新しい --data-dir で初めからその人数を指定してください。 / "
            f"This city has {len(rows)} sample residents. Ask for fewer, or start a new --data-dir with that --samples and enough --residents."
        )
    return tuple(
        Sample(row["serial"], row["issuer_key_id"], row["pin"], row["name"], tuple(row["household"]))
        for row in rows[:wanted]
    )


def _write_settings(
    directory: DemoDirectory, servers: Servers, witness: DemoWitness, workers: int, authority: ServedAuthority | None
) -> None:
    """What the processes read. Secrets stand in files of their own."""
    write_secret(directory.redis_url, servers.redis_url)
    values = {
        "database_url": servers.database_url,
        "role_passwords": directory.passwords,
        "redis_url_file": directory.redis_url,
        "keys_directory": directory.keys,
        "keys_passphrase_file": directory.keys_passphrase,
        "tls_certificate": directory.certificate("server"),
        "tls_key": directory.private_key("server"),
        "tls_client_ca": directory.ca,
        "centre_processes": workers,
        "centre_listen": "127.0.0.1:0",
        "terminal_listen": "127.0.0.1:0",
        "staff_listen": "127.0.0.1:0",
        "ops_listen": "127.0.0.1:0",
        "witness_url": witness.url,
        "witness_key": witness.witness_key,
        "witness_interval_seconds": INTERVAL_SECONDS,
        "witness_limit_seconds": LIMIT_SECONDS,
        "own_registry": True,
        "municipality_codes": demo_city.MUNICIPALITY_CODE,
    }
    if authority is not None:
        urls = {"jpki_ocsp_url": authority.ocsp_url, "jpki_crl_url": authority.crl_url}
        values |= {"jpki_ca": directory.jpki_ca, **urls}
    lines = [f"{PREFIX}{name.upper()}={_quoted(str(value))}" for name, value in values.items()]
    write_secret(directory.settings, "\n".join(lines) + "\n")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

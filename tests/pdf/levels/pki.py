"""Authorities of a city that does not exist: certomancer serves OCSP, CRLs and time-stamps over HTTP on the loopback."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from certomancer.integrations.aiohttp_animator import build_animator_app
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from keys.document_key import DocumentKey

ARCH = ArchLabel("city")
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""When the documents of these tests are signed."""

Fault = Callable[[bytes, bytes], Awaitable[web.StreamResponse]]
"""What an authority does instead: from the question and the right answer to the one that it gives."""


@dataclass
class Pki:
    """The authorities, running. `now` is their clock; `faults` says by path what goes wrong; `asked` counts."""

    architecture: PKIArchitecture
    directory: Path
    port: int = 0
    now: datetime = START
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/city/{path}"

    def certificate(self, label: str) -> bytes:
        return bytes(self.architecture.get_cert(CertLabel(label)).dump())

    def document_key(self, label: str = "signer", *, wrong_key: bool = False) -> DocumentKey:
        pem = (self.directory / f"{'stranger' if wrong_key else _key_of(label)}.pem").read_bytes()
        private = load_pem_private_key(pem, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        return DocumentKey(private, self.certificate(label), (self.certificate("interm"), self.certificate("root")))

    @property
    def middleware(self) -> Any:
        """Gives certomancer the clock, counts, and lets things go wrong."""

        @web.middleware
        async def served(request: web.Request, handler: Any) -> web.StreamResponse:
            path = request.path.removeprefix("/city/")
            self.asked[path] = self.asked.get(path, 0) + 1
            moved = request.clone(headers={**request.headers, "X-Certomancer-Fake-Time": self.now.isoformat()})
            response = await handler(moved)
            fault = self.faults.get(path)
            return response if fault is None else await fault(await moved.read(), bytes(response.body))

        return served


@asynccontextmanager
async def running_pki(directory: Path, port: int = 0, **options: str) -> AsyncIterator[Pki]:
    """The authorities on a free port of the loopback, or again on the port that their certificates name."""
    port = port or _free_port()
    for name in _NAMES:
        _write_key(directory / f"{name}.pem", options.get("algorithm", "ecdsa"))
    architecture = CertomancerConfig(configuration(port, **options), key_search_dir=str(directory)).get_pki_arch(ARCH)
    pki = Pki(architecture, directory, port)
    app = build_animator_app({ARCH: architecture}, with_web_ui=False)
    app.middlewares.append(pki.middleware)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    try:
        yield pki
    finally:
        await runner.cleanup()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _write_key(path: Path, algorithm: str) -> None:
    if path.exists():
        return
    key = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm == "ecdsa"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _key_of(label: str) -> str:
    return "signer" if label == "silent" else label


def _certificate(name: str, issuer: str, profiles: list[Any], *, until: str) -> dict[str, Any]:
    return {
        "subject": name,
        "issuer": issuer,
        "validity": {"valid-from": "2026-01-01T00:00:00+0000", "valid-to": f"{until}-01-01T00:00:00+0000"},
        "extensions": profiles,
    }


def _usage(*bits: str) -> dict[str, Any]:
    return {"id": "key_usage", "critical": True, "smart-value": {"schema": "key-usage", "params": list(bits)}}


def _purpose(name: str) -> dict[str, Any]:
    return {"id": "extended_key_usage", "critical": True, "value": [name]}


def _status(issuer: str, *, by: str) -> dict[str, Any]:
    if by == "ocsp":
        return {
            "id": "authority_information_access",
            "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": [issuer]}},
        }
    return {
        "id": "crl_distribution_points",
        "smart-value": {"schema": "crl-dist-url", "params": {"crl-repo-names": [issuer]}},
    }


_NO_CHECK: dict[str, Any] = {"id": "ocsp_no_check", "value": None}
_CA: list[Any] = [
    {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
    _usage("key_cert_sign", "crl_sign"),
]
_STAMPS: list[Any] = [_usage("digital_signature"), _purpose("time_stamping")]
_SIGNS: list[Any] = [_usage("digital_signature", "non_repudiation")]
_NAMES = ("root", "interm", "signer", "revoked", "tsa-root", "tsa", "tsa2", "ocsp", "tsa-ocsp", "stranger")


def configuration(port: int, *, algorithm: str = "ecdsa", signer_until: str = "2029", tsa_until: str = "2032") -> Any:
    """The configuration of certomancer: a CA with an intermediate for signers, and one for time-stamps, apart."""
    certificates = {
        "root": _certificate("root", "root", _CA, until="2060"),
        "interm": _certificate("interm", "root", [*_CA, _status("root", by="crl")], until="2050"),
        "signer": _certificate("signer", "interm", [*_SIGNS, _status("interm", by="ocsp")], until=signer_until),
        "revoked": _certificate("revoked", "interm", [*_SIGNS, _status("interm", by="ocsp")], until=signer_until)
        | {"revocation": {"revoked-since": "2026-06-01T00:00:00+0000", "reason": "key_compromise"}},
        "silent": _certificate("signer", "interm", _SIGNS, until=signer_until),
        "tsa-root": _certificate("tsa-root", "tsa-root", _CA, until="2060"),
        "tsa": _certificate("tsa", "tsa-root", [*_STAMPS, _status("tsa-root", by="ocsp")], until=tsa_until),
        "tsa2": _certificate("tsa2", "tsa-root", [*_STAMPS, _status("tsa-root", by="crl")], until="2045"),
        "stranger": _certificate("stranger", "stranger", _CA, until="2060"),
        "ocsp": _certificate("ocsp", "interm", [_usage("digital_signature"), _purpose("ocsp_signing"), _NO_CHECK], until="2050"),
        "tsa-ocsp": _certificate(
            "tsa-ocsp", "tsa-root", [_usage("digital_signature"), _purpose("ocsp_signing"), _NO_CHECK], until="2050"
        ),
    }  # fmt: skip
    return {
        "external-url-prefix": f"http://127.0.0.1:{port}",
        "keysets": {"city": {"keys": {name: {"path": f"{name}.pem"} for name in _NAMES}}},
        "pki-architectures": {
            "city": {
                "keyset": "city",
                "entity-defaults": {"country-name": "JP", "organization-name": "見本 DEMO"},
                "entities": {name: {"common-name": f"見本 {name}"} for name in _NAMES},
                "certs": certificates,
                "services": {
                    "ocsp": {
                        "interm": {"for-issuer": "interm", "responder-cert": "ocsp", "signing-key": "ocsp"},
                        "tsa-root": {"for-issuer": "tsa-root", "responder-cert": "tsa-ocsp", "signing-key": "tsa-ocsp"},
                    },
                    "crl-repo": {
                        name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P90D"}
                        for name in ("root", "interm", "tsa-root")
                    },
                    "time-stamping": {
                        "tsa": {"signing-cert": "tsa", "signing-key": "tsa"},
                        "tsa2": {"signing-cert": "tsa2", "signing-key": "tsa2"},
                        "stranger": {"signing-cert": "stranger", "signing-key": "stranger"},
                    },
                },
            }
        },
    }

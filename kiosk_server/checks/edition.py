"""Which edition of the program this is: its own files, the libraries, and what every node must have set alike."""

import hashlib
import json
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.settings import PREFIX, Settings
from kiosk_server.version import DISTRIBUTION

ROOMS: Final = ("kiosk_server", "sync", "registry", "pdf", "cardauth", "issuance_db", "reconcile", "keys", "civil")
CODE: Final = frozenset({".py", ".sql", ".csv", ".json", ".html", ".css", ".js", ".svg", ".png"})
_SHOWN_DIGITS: Final = 16


@dataclass(frozen=True)
class Edition:
    """`build` maps each file to its digest and each library to its version; `settings` each part to its value or digest."""

    build: Mapping[str, str]
    settings: Mapping[str, str]

    @cached_property
    def build_digest(self) -> bytes:
        """SHA-256 over the whole build."""
        return hashlib.sha256(json.dumps(sorted(self.build.items())).encode()).digest()


def build_parts() -> Mapping[str, str]:
    """Every file of the program as it lies on disk, every library it stands on, and the Python. Takes some 100 ms."""
    return {"python": platform.python_version(), **dict(_libraries()), **dict(_files())}


def settings_parts(settings: Settings) -> Mapping[str, str]:
    """What every process of an installation must have alike, beside the keys."""
    return {f"{PREFIX}MUNICIPALITY_CODES": ", ".join(sorted(settings.cities()))}


def centre_parts(surroundings: Surroundings) -> Mapping[str, str]:
    """What every centre process must have alike besides: whom it lets in and believes, and how long it works. Raises SettingsInvalid.

    Not KIOSK_TOPOLOGY: the lock of the role sees to that.
    """
    settings = surroundings.settings
    authorities = surroundings.tls_certificates["tls_client_ca"]
    every = sorted(certificate.public_bytes(Encoding.DER) for certificate in authorities)
    return {
        f"{PREFIX}TLS_CLIENT_CA": _digest(b"".join(every)),
        f"{PREFIX}DEADLINE_SECONDS": str(surroundings.settings.deadline_seconds),
        f"{PREFIX}JPKI_CA": _digest(settings.path("jpki_ca").read_bytes()) if settings.jpki_ca else "-",
        **_levels(surroundings.settings),
    }


def _levels(settings: Settings) -> Mapping[str, str]:
    """At which level certificates are signed, which every process says; above B-B, where a lower one is taken and who stamps."""
    level = {f"{PREFIX}SIGNATURE_LEVEL": settings.signature_level}
    if settings.signature_level == "B-B":
        return level
    return level | {
        f"{PREFIX}ALLOW_LOWER_LEVEL": ", ".join(sorted(settings.allow_lower_level)),
        f"{PREFIX}TSA_URL": settings.tsa_url or "",
    }


def _files() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        spec = find_spec(room)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            root = Path(place)
            for path in sorted(root.rglob("*")):
                if path.suffix in CODE:
                    yield f"{room}/{path.relative_to(root).as_posix()}", _digest(path.read_bytes())


def _libraries() -> Iterator[tuple[str, str]]:
    """What the installed distribution requires, and what that requires in turn, without extras."""
    waiting, seen = [DISTRIBUTION], {DISTRIBUTION}
    while waiting:
        try:
            found = distribution(waiting.pop())
        except PackageNotFoundError:
            continue  # required on other platforms only
        if found.name != DISTRIBUTION:
            yield f"library {_canonical(found.name)}", found.version
        for requirement in found.requires or ():
            name = _canonical(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0])
            if "extra ==" not in requirement and name not in seen:
                seen.add(name)
                waiting.append(name)


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_SHOWN_DIGITS]

"""Whether a server's URL keeps what is said to it secret: over TLS that knows whom it speaks to, or not leaving the machine."""

import ipaddress
from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

_LOCALHOST: Final = "localhost"
"""The one name that is never another machine's (RFC 6761, 6.3)."""


def is_loopback(host: str | None) -> bool:
    """Whether a host is an address of this machine alone; a name is not, whatever it resolves to."""
    try:
        return host is not None and ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_kept_secret(url: str) -> bool:
    """For `postgresql://`: `sslmode=verify-full`. For `redis://`: `rediss://`. For both: a Unix socket or loopback addresses.

    Of several hosts each counts.
    """
    parts = urlsplit(url)
    if parts.scheme in {"unix", "rediss"}:
        return True
    query = parse_qs(parts.query)
    if query.get("sslmode") == ["verify-full"]:
        return True
    hosts = list(_hosts(parts, query))
    return bool(hosts) and all(host.startswith("/") or host == _LOCALHOST or is_loopback(host) for host in hosts)


def _hosts(parts: SplitResult, query: dict[str, list[str]]) -> Iterator[str]:
    """Those of the authority, and those that a PostgreSQL URL names as parameters; an empty one counts as unknown."""
    authority = parts.netloc.rpartition("@")[2]
    if authority:
        yield from (urlsplit(f"//{one}").hostname or "" for one in authority.split(","))
    for name in ("host", "hostaddr"):
        yield from (host for told in query.get(name, []) for host in told.split(","))

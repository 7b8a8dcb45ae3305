"""How much of everything senders may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, numbers and seconds."""

    most_bytes: int
    """Of a file."""
    unfinished: int = 8
    """Files that one session has begun and not finished."""
    waiting: int = 1000
    """Files in the inbox of a city; beyond, none is begun."""
    connections: int = 32
    connections_of_sender: int = 4
    connections_of_address: int = 8
    sessions: int = 2
    """Of one connection."""
    tries: int = 12
    """Keys that one connection may offer."""
    failures: int = 20
    """Connections of one address that did not sign in, within `throttle_seconds`; beyond, the address is not answered."""
    throttle_seconds: float = 600.0
    login_seconds: float = 30.0
    idle_seconds: float = 120.0
    """Nothing came for so long: the connection ends."""
    whole_seconds: float = 6 * 3600.0
    """Of a connection, whatever it does."""

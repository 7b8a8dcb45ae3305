"""Hold an embedded server open until standard input ends: `python -m tests.house.hold_server postgres DIRECTORY [IDENTITY]`.

Prints one JSON line when it is up. For tests that must kill, or be another user than, the one who started it.
"""

import json
import os
import sys
from pathlib import Path

from kiosk_server.embedded import identity
from kiosk_server.embedded.postgres import EmbeddedPostgres
from kiosk_server.embedded.valkey import EmbeddedValkey


def main(kind: str, directory: str, only: str | None = None) -> None:
    if only is not None:
        every = list(identity.candidates())
        identity.candidates = lambda: (one for one in every if one.name == only)
    server = EmbeddedPostgres(Path(directory)) if kind == "postgres" else EmbeddedValkey(Path(directory))
    with server:
        print(json.dumps({"pid": server.pid, "euid": os.geteuid()}), flush=True)  # noqa: T201 (it is how the test hears)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])

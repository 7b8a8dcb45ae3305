"""Whose turn it is at a terminal, as storage names it."""

from issuance_db.requests import Terminal as StoredTerminal
from issuance_db.terminal_turns import Turn
from kiosk_server.issuing.request import Caller, Terminal


def turn_of(caller: Caller, terminal: Terminal, credential_hash: bytes) -> Turn:
    """This credential at this terminal."""
    at = StoredTerminal(terminal.operator, terminal.store, terminal.terminal)
    return Turn(caller.caller_id, at, credential_hash)

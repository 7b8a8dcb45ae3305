"""Whose turn it is at a terminal, as storage names it."""

from cardauth import CredentialIndex
from issuance_db.requests import Terminal as StoredTerminal
from issuance_db.terminal_turns import Turn
from kiosk_server.issuing.request import Caller, Terminal


def turn_of(caller: Caller, terminal: Terminal, index: CredentialIndex) -> Turn:
    """This credential at this terminal."""
    at = StoredTerminal(terminal.operator, terminal.store, terminal.terminal)
    return Turn(caller.caller_id, at, index)

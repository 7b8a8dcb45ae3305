"""Has a key pair made on a token, or takes up one that is there; a person's command, never a server's."""

import json
import subprocess
import sys
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from keys.errors import TokenKeyExists, TokenLost
from keys.key_file import TokenPlace
from keys.making_keys import DocumentAlgorithm
from keys.tokens.conversation import REFUSALS
from keys.tokens.place import KeyAddress, TokenAccess

_SECONDS: Final = 300
"""A token may take minutes to find the primes of an RSA key."""


def key_on_token(address: KeyAddress, access: TokenAccess, make: DocumentAlgorithm | None) -> TokenPlace:
    """The place of the key of this address, made now if `make` says how, for the key file.

    Raises TokenKeyAbsent, TokenKeyExists, TokenPinRefused, TokenPinLocked, TokenLost.
    """
    told = {
        "module": str(access.module),
        "token": address.token,
        "label": address.label,
        "key_id": address.key_id.hex(),
        "pin_file": str(access.pin_file),
        "memory": str(access.memory),
        "make": make,
    }
    answer = _answer(json.dumps(told).encode() + b"\n")
    if "error" in answer:
        raise {**REFUSALS, "key_exists": TokenKeyExists}.get(answer["error"], TokenLost)
    key = load_der_public_key(bytes.fromhex(answer["public"]))
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return TokenPlace.model_construct(token=address.token, label=address.label, key_id=address.key_id, public_key=spki)


def _answer(told: bytes) -> dict[str, str]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "keys.tokens.making"],
            input=told,
            stdout=subprocess.PIPE,
            timeout=_SECONDS,
            check=True,
        )
        answer: dict[str, str] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise TokenLost from None
    return answer

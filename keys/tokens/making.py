"""Makes a key pair on a token, or finds one that is there: started as `python -m keys.tokens.making`, once, by a person's command.

One line of JSON in, as for `keys.tokens.process` with `make` beside it (p256, p384, rsa2048, rsa3072, or null to find one); one line out with
the public key. The private half is made on the token, sensitive and never extractable.
"""

import json
import sys
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, ObjectClass, exceptions
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from keys.tokens.process import Refused, open_session

_CURVES: Final = {"p256": "secp256r1", "p384": "secp384r1"}
_PRIVATE: Final = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.SIGN: True, Attribute.DECRYPT: False}  # fmt: skip


def main() -> None:
    """Answer with `{"public": hex of DER}` or `{"error": word}`."""
    told = json.loads(sys.stdin.buffer.readline())
    try:
        session = open_session(told, rw=told["make"] is not None)
        answer = {"public": _public(session, told).hex()}
    except Refused as refused:
        answer = {"error": str(refused)}
    except Exception as error:  # noqa: BLE001 - a module raises what it likes
        answer = {"error": "lost", "detail": type(error).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")


def _public(session: pkcs11.Session, told: dict[str, Any]) -> bytes:
    names = {"label": told["label"], "id": bytes.fromhex(told["key_id"])}
    public: Any
    if told["make"] is not None:
        public = _made(session, told["make"], names)
    else:
        try:
            public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, **names)
        except (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned):
            raise Refused("no_key") from None
    return encode_ec_public_key(public) if public.key_type == KeyType.EC else encode_rsa_public_key(public)


def _made(session: pkcs11.Session, algorithm: str, names: dict[str, Any]) -> Any:
    if list(session.get_objects({Attribute.ID: names["id"]})):
        raise Refused("key_exists")
    more = {**names, "store": True, "private_template": _PRIVATE}
    if algorithm in _CURVES:
        named = {Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVES[algorithm])}
        public, _ = session.create_domain_parameters(KeyType.EC, named, local=True).generate_keypair(**more)
    else:
        public, _ = session.generate_keypair(KeyType.RSA, int(algorithm.removeprefix("rsa")), **more)
    return public


if __name__ == "__main__":
    main()

"""Sealing 個人番号 before it comes near the register. The keys are given in and kept nowhere."""

from dataclasses import dataclass

from civil.check_digits import my_number_ok
from keys.keyed_hash import keyed_hash
from keys.provider import KeyProvider
from keys.purpose import Purpose
from keys.sealing import seal, unseal
from keys.secret_key import SecretKey
from registry.residents.errors import WrongCheckDigit
from registry.residents.person_record import SealedMyNumber


@dataclass(frozen=True, slots=True)
class RegistryKeys:
    """The two keys of My Number: one seals it, one makes the blind index it is found by.

    Rows keep the index of the key they were entered under, so whoever looks one up tries the earlier keys too.
    """

    my_number: SecretKey
    my_number_index: SecretKey
    earlier_index_keys: tuple[SecretKey, ...] = ()

    @classmethod
    def of(cls, provider: KeyProvider) -> "RegistryKeys":
        """Take the newest keys in force from a provider, and every other key of the index."""
        newest = provider.secret(Purpose.MY_NUMBER_INDEX)
        others = (version for version in provider.versions(Purpose.MY_NUMBER_INDEX) if version != newest.version)
        earlier = tuple(provider.secret(Purpose.MY_NUMBER_INDEX, version) for version in others)
        return cls(provider.secret(Purpose.MY_NUMBER), newest, earlier)


def seal_my_number(keys: RegistryKeys, municipality_code: str, person_number: str, my_number: str) -> SealedMyNumber:
    """Seal a 個人番号, bound to its city and person; raises WrongCheckDigit (平成26年総務省令85号5条)."""
    if not my_number_ok(my_number):
        raise WrongCheckDigit("my_number", "個人番号")
    plain = my_number.encode()
    earlier = tuple(keyed_hash(key, plain) for key in keys.earlier_index_keys)
    sealed = seal(keys.my_number, plain, _place(municipality_code, person_number))
    return SealedMyNumber(sealed, keys.my_number.version, blind_index(keys, my_number), earlier)


def unseal_my_number(keys: KeyProvider, municipality_code: str, person_number: str, sealed: SealedMyNumber) -> str:
    """Return the 個人番号, 12 digits, by the key of its version. Raises KeyNotFound, SealBroken."""
    key = keys.secret(Purpose.MY_NUMBER, sealed.key_version)
    return unseal(key, sealed.sealed, _place(municipality_code, person_number)).decode()


def _place(municipality_code: str, person_number: str) -> bytes:
    """Where it belongs, which it is bound to."""
    return f"{municipality_code}/{person_number}".encode()


def blind_index(keys: RegistryKeys, my_number: str) -> bytes:
    """Return the index that a 個人番号 is entered under from now on, 32 bytes."""
    return keyed_hash(keys.my_number_index, my_number.encode())

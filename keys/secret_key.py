"""A symmetric key that does not show its material."""

from dataclasses import dataclass, field
from typing import Never

from keys.purpose import Purpose

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, eq=False)
class SecretKey:
    """A 256-bit key of one purpose and version. Its material is neither shown nor pickled; keys compare by identity."""

    purpose: Purpose
    version: int
    material: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse material of another size."""
        if len(self.material) != KEY_BYTES:
            raise ValueError("a secret key has 32 bytes")

    def __reduce__(self) -> Never:
        """Refuse to be pickled or copied: a key belongs to the process that unwrapped it."""
        raise TypeError("a secret key cannot be pickled")

"""A token of SoftHSM2 in a directory of its own: everything a real one does but be a thing one can pull out."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys.key_file import TokenPlace
from keys.making_keys import DocumentAlgorithm
from keys.tokens.making_on_token import key_on_token
from keys.tokens.place import KeyAddress, TokenAccess

PIN: Final = "271828"
LABEL: Final = "ashikaga"
_MODULES: Final = (Path("/usr/lib/softhsm/libsofthsm2.so"), Path("/usr/lib64/softhsm/libsofthsm2.so"))


@dataclass(frozen=True)
class Token:
    """The token, the settings that reach it, and what can happen to it. `SOFTHSM2_CONF` must be set to `configuration`."""

    directory: Path
    access: TokenAccess

    @property
    def configuration(self) -> Path:
        return self.directory / "softhsm2.conf"

    def made(self, algorithm: DocumentAlgorithm = "p256", label: str = "mayor", key_id: bytes = b"\x01") -> TokenPlace:
        """A key made on it, under this name."""
        return key_on_token(KeyAddress(LABEL, label, key_id), self.access, algorithm)

    def found(self, label: str = "mayor", key_id: bytes = b"\x01") -> TokenPlace:
        """A key that is on it."""
        return key_on_token(KeyAddress(LABEL, label, key_id), self.access, None)

    def pull_out(self) -> None:
        """Nothing of it is there any more, as far as new calls can see."""
        (self.directory / "tokens").rename(self.directory / "pulled-out")
        (self.directory / "tokens").mkdir()

    def put_back(self) -> None:
        shutil.rmtree(self.directory / "tokens")
        (self.directory / "pulled-out").rename(self.directory / "tokens")

    def write_pin(self, pin: str) -> None:
        """Write the PIN file anew, as a person would."""
        fresh = self.access.pin_file.with_suffix(".new")
        fresh.touch(0o600)
        fresh.write_text(pin)
        fresh.replace(self.access.pin_file)


def softhsm_module() -> Path:
    """The module. Fails with what to install."""
    found = next((module for module in _MODULES if module.exists()), None)
    assert found, "SoftHSM is needed: apt-get install -y --no-install-recommends softhsm2"
    return found


def new_token(directory: Path, *, limit: float = 2.0) -> Token:
    """A token of its own below `directory`, with a PIN in a file; sets SOFTHSM2_CONF of this process, for its children."""
    access = TokenAccess(softhsm_module(), directory / "pin", directory / "memory", limit)
    access.memory.mkdir(mode=0o700)
    token = Token(directory, access)
    (directory / "tokens").mkdir()
    token.configuration.write_text(f"directories.tokendir = {directory}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(token.configuration)
    command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "31415926"]
    subprocess.run(command, check=True, capture_output=True)
    token.write_pin(PIN)
    return token

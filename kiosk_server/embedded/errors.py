"""What can go wrong when a server of our own is started."""

from civil.errors import KioskError


class EmbeddedServerError(KioskError):
    """組み込みサーバーを起動できません。 / The embedded server cannot be started."""


class DataDirectoryInUse(EmbeddedServerError):
    """データディレクトリは別のプロセスが使用中です。何も変更していません。 / The data directory is in use by another process; nothing was changed."""


class DataDirectoryUnusable(EmbeddedServerError):
    """データディレクトリを使用できません。 / The data directory cannot be used."""


class DiskAlmostFull(EmbeddedServerError):
    """ディスクの空き容量が足りません。何も作成していません。 / The disk is almost full; nothing was created."""


class ServerDidNotStart(EmbeddedServerError):
    """組み込みサーバーが起動しませんでした。 / The embedded server did not come up."""

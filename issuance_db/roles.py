"""Login roles of the database, one per kind of program (docs/grants lists what each may do)."""

ROLES: tuple[str, ...] = (
    "migrator",
    "front",
    "staff",
    "sweeper",
    "logger",
    "sync",
    "registry",
    "jukinet",
    "midserver",
    "atena",
    "fsck",
    "purger",
    "publisher",
    "backup",
)

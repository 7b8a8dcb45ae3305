"""How many files and connections this process may hold open."""

import resource


def allow_most_open_files() -> None:
    """Raise the soft limit to the hard one: a login's usual 1,024 are fewer than the callers of a busy minute."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

"""Run as a script between us and a server: give up root, ask to be stopped with our parent, become the server.

    python -I -S child.py IDENTITY PARENT_PID DEATH_SIGNAL PROGRAM ARGUMENT...
    python -I -S child.py IDENTITY PARENT_PID probe PROGRAM DIRECTORY

A script of its own, with the standard library only, because none of this may run between fork and exec of a
threaded program. `probe` exits 0 if PROGRAM could run and write DIRECTORY under IDENTITY. Identities:

    self        as we are
    namespace   a user namespace in which we are `nobody`; outside it files stay ours
    ambient     `nobody`, with the capability to pass directories that are closed to it
    nobody      `nobody` and nothing else
"""

import ctypes
import os
import sys

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _check(_libc.unshare(_CLONE_NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {uid} 1"), ("gid_map", f"{NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 (pathlib costs start-up time)
            file.write(text)


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _become_nobody_who_passes() -> None:
    # Keeps capabilities through setuid, and lets access(2), with which PostgreSQL looks for itself, count them.
    _check(_libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    _become_nobody()
    kept = (1 << _CAP_DAC_OVERRIDE) | (1 << _CAP_DAC_READ_SEARCH)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    _check(_libc.capset(header, effective_permitted_inheritable))
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        _check(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0))


_IDENTITIES = {
    "self": lambda: None,
    "namespace": _enter_namespace,
    "ambient": _become_nobody_who_passes,
    "nobody": _become_nobody,
}


def _probe(program: str, directory: str) -> bool:
    # PostgreSQL asks access(2) about its own program; about directories, the proof is in the making.
    if not os.access(program, os.R_OK | os.X_OK):
        return False
    trial = f"{directory}/.probe-{os.getpid()}"
    try:
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        os.unlink(trial)  # noqa: PTH108 (as above)
    except OSError:
        return False
    return True


def main(identity: str, parent_pid: str, death_signal: str, program: str, *arguments: str) -> None:
    """Change identity, tie our life to the parent's, and exec; returns only for a probe."""
    _IDENTITIES[identity]()
    if death_signal == "probe":
        sys.exit(0 if _probe(program, arguments[0]) else 1)
    _check(_libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0))
    if os.getppid() != int(parent_pid):
        sys.exit(1)  # it died before the kernel knew that we go with it
    os.umask(0o077)
    os.execv(program, [program, *arguments])  # noqa: S606 (becoming the server is the point)


if __name__ == "__main__":
    main(*sys.argv[1:])

import resource
import subprocess
import sys


def test_a_login_with_few_open_files_does_not_bound_the_callers() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowered = (
        "import resource as r; hard = r.getrlimit(r.RLIMIT_NOFILE)[1]; r.setrlimit(r.RLIMIT_NOFILE, (64, hard));"
        "from kiosk_server.processes.open_files import allow_most_open_files as allow; allow();"
        "print(*r.getrlimit(r.RLIMIT_NOFILE))"
    )
    done = subprocess.run([sys.executable, "-c", lowered], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(before[1]), str(before[1])]

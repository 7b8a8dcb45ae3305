"""The command `kiosk`.

Exit codes: 0 done; 1 done, and the answer is no (a refusal, an invalid file, a failed check); 2 not done, with the
reason on standard error; 3 a fault of this program; 130 interrupted.
"""

from kiosk_server.cli.entry import main

__all__ = ["main"]

"""`python -m tests.bench.makers.worker MODULE DIRECTORY FONT`: makes as many files as each line asks for, and says what each took.

An answer is a line `seconds processor-seconds bytes` for each file and an empty one; the last file stays as MODULE.pdf.
"""

import os
import sys
import time
from importlib import import_module
from itertools import count, islice
from pathlib import Path

from tests.bench.makers.job import Job
from tests.bench.makers.process import with_children


def main() -> None:
    """Answer until there is nothing more to read."""
    name, directory, font = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    # Only the library in question is loaded: what the others hold is not counted as its memory.
    make = import_module(f"tests.bench.makers.{name}").maker(Job(directory, font))
    turns = count()
    for line in sys.stdin:
        made = b""
        # Those that it starts are there after the first files, which are not counted.
        processes = with_children(os.getpid())
        for turn in islice(turns, int(line)):
            began, began_processor = time.perf_counter(), _processor(processes)
            made = make(turn)
            seconds, processor = time.perf_counter() - began, _processor(processes) - began_processor
            sys.stdout.write(f"{seconds:.9f} {processor:.9f} {len(made)}\n")
        (directory / f"{name}.pdf").write_bytes(made)
        sys.stdout.write("\n")
        sys.stdout.flush()


def _processor(processes: list[int]) -> float:
    """Seconds of the processor so far, by the clock that Linux has of each process (clock_getcpuclockid(3))."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in processes)


if __name__ == "__main__":
    main()

"""The plain script: reportlab draws, pyHanko signs."""

from collections.abc import Callable

from tests.bench.makers.job import PAGES, Job


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn."""
    pages, plain = job.pages(), job.plain()
    return lambda turn: plain.sign(plain.draw([pages[turn % PAGES]]))

"""No file at all, only what no way can do without: the page's operators deflated, a document of our size hashed, one signature."""

import hashlib
import zlib
from collections.abc import Callable

from pdf.content import ContentWriter
from tests.bench.makers import ours
from tests.bench.makers.job import PAGES, Job


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the signature of a turn."""
    fonts, key, document = job.fonts(), job.key(), ours.maker(job)(0)
    pages = [ContentWriter(fonts).page(page) for page in job.pages()]

    def make(turn: int) -> bytes:
        zlib.compress(pages[turn % PAGES])
        return key.sign(hashlib.sha256(document).digest())

    return make

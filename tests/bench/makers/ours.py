"""Everything the product does for a certificate: seal, plan, compose, inspect, sign, compare."""

from collections.abc import Callable

import pdf
from keys.document_key import DocumentKey
from tests.bench.makers.job import Job
from tests.pdf.sealing import sealed


def maker(job: Job) -> Callable[[int], bytes]:
    """Make the file of a turn."""
    return maker_with(job, job.key())


def maker_with(job: Job, key: DocumentKey) -> Callable[[int], bytes]:
    """Make the file of a turn, signed with this key."""
    fonts = job.fonts()

    def make(turn: int) -> bytes:
        snapshot = job.snapshot(turn)
        pages = pdf.with_codes(pdf.plan(snapshot, fonts), sealed(snapshot))
        document = pdf.compose(snapshot, pages, fonts)
        inspected = pdf.inspect(document.content, pages, fonts)
        signed = pdf.sign(document, pdf.SignPermit(snapshot.issuance_number, inspected.digest), key)
        pdf.compare(signed, inspected)
        return signed

    return make

"""Under which certificate a file of ours is signed, as its signature says. Whether that holds is `pdf.verify`'s question."""

import re
from typing import Final

from pdf.contents import signature_parts
from pdf.errors import SignatureMismatch

_CONTENTS: Final = re.compile(rb"/SubFilter/ETSI\.CAdES\.detached/Contents (<[0-9a-f]+>)/ByteRange ")


def signer_in(content: bytes) -> bytes | None:
    """The certificate (DER) of the first signature in the one spelling that is ours; None for a file without such a one."""
    found = _CONTENTS.search(content)
    try:
        return None if found is None else signature_parts(found[1]).certificate_der
    except SignatureMismatch:
        return None

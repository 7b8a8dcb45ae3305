"""Fills the signature into an inspected document. The only entrance is a permit; nothing else is changed."""

from keys.document_key import DocumentKey
from pdf.cms import signed_cms
from pdf.composing import UnsignedDocument
from pdf.errors import SignatureTooLarge
from pdf.permit import SignPermit


def sign(document: UnsignedDocument, permit: SignPermit, key: DocumentKey) -> bytes:
    """The signed file, as long as the unsigned one.

    Spends `permit`, which must have been given for the digest of these very bytes. Raises `PermitSpent`,
    `PermitMismatch`, or `SignatureTooLarge` if the key's certificate chain does not fit.
    """
    # The bytes are hashed again: what is signed must be what the permit names.
    digest = document.digest
    permit.redeem(digest)
    _, start, end, _ = document.byte_range
    room = end - start - 2
    contents = signed_cms(digest, key).hex().encode()
    if len(contents) > room:
        raise SignatureTooLarge
    content = memoryview(document.content)
    return b"".join((content[:start], b"<", contents.ljust(room, b"0"), b">", content[end:]))

"""What the file says about itself: title, language, issuance number, time. No personal data."""

from datetime import datetime
from xml.sax.saxutils import escape

from civil.calendar import JST
from pdf.certified import Certified
from pdf.snapshots import SNAPSHOTS

TITLE_SEPARATOR = "　"
_TITLES = frozenset(kind.document_title for kind in SNAPSHOTS)


def title(snapshot: Certified) -> str:
    """The document's title: kind and issuance number."""
    return title_of(snapshot.document_title, snapshot.issuance_number)


def title_of(kind: str, issuance_number: str) -> str:
    """The title of a document of this kind, as `document_title` names it."""
    return f"{kind}{TITLE_SEPARATOR}{issuance_number}"


def issuance_number_in(document_title: str) -> str | None:
    """The issuance number in a title made by `title`, else None."""
    kind, separator, number = document_title.partition(TITLE_SEPARATOR)
    return number if separator and kind in _TITLES else None


def pdf_date(instant: datetime) -> bytes:
    """`D:20261123183005+09'00'`: the JST wall clock with its offset."""
    return instant.astimezone(JST).strftime("D:%Y%m%d%H%M%S+09'00'").encode()


def xmp(snapshot: Certified) -> bytes:
    """The XMP packet, which says the same as the information dictionary and that the file is PDF/A-2b."""
    moment = snapshot.issued_at.astimezone(JST).isoformat(timespec="seconds")
    return xmp_of(title(snapshot), snapshot.issuance_number, moment)


def xmp_of(document_title: str, issuance_number: str, moment: str) -> bytes:
    """The XMP packet of a title, a number and an instant (ISO 8601, with its offset)."""
    return _XMP.format(title=escape(document_title), number=escape(issuance_number), moment=moment).encode()


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>ja-JP</rdf:li></rdf:Bag></dc:language>
<dc:identifier>{number}</dc:identifier>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""

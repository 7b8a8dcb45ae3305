"""What the file says about itself: title, language, issuance number, time. No personal data."""

from datetime import datetime
from xml.sax.saxutils import escape

from civil.calendar import JST

TITLE = "住民票の写し"
TITLE_SEPARATOR = "　"


def title(issuance_number: str) -> str:
    """The document's title, which carries the issuance number."""
    return f"{TITLE}{TITLE_SEPARATOR}{issuance_number}"


def issuance_number_in(document_title: str) -> str | None:
    """The issuance number in a title made by `title`, else None."""
    prefix = TITLE + TITLE_SEPARATOR
    return document_title.removeprefix(prefix) if document_title.startswith(prefix) else None


def pdf_date(instant: datetime) -> bytes:
    """`D:20261123183005+09'00'`: the JST wall clock with its offset."""
    return instant.astimezone(JST).strftime("D:%Y%m%d%H%M%S+09'00'").encode()


def xmp(issuance_number: str, instant: datetime) -> bytes:
    """The XMP packet, which says the same as the information dictionary and that the file is PDF/A-2b."""
    moment = instant.astimezone(JST).isoformat(timespec="seconds")
    return _XMP.format(title=escape(title(issuance_number)), number=escape(issuance_number), moment=moment).encode()


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

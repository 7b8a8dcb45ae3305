"""Reads an answer with a library that did not make it."""

import io

import pypdfium2


def pages_of(content: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        texts = []
        for page in document:
            text_page = page.get_textpage()
            texts.append(str(text_page.get_text_bounded()))
            text_page.close()
            page.close()
        return texts
    finally:
        document.close()


def text_of(content: bytes) -> str:
    """The text of the whole document."""
    return "\n".join(pages_of(content))

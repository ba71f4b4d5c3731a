"""Papers as a test reads them: their text, and where on the page it stands."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from pypdf import PdfReader

SERVICE = "KIM-Lotse Düsseldorf"


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """The text of all pages, without the signs of line breaks."""
    text = " ".join(page.extract_text() for page in read(pdf).pages)
    return re.sub(r"\s+", " ", text.replace("-\n", "").replace("\u00ad", ""))


def texts(pdf: bytes) -> list[tuple[float, str]]:
    """The texts of the first page, each with how far from the left edge (in points) it begins."""
    found: list[tuple[float, str]] = []
    read(pdf).pages[0].extract_text(visitor_text=lambda text, cm, tm, *_: found.append((cm[4] + tm[4], text)))
    return found


def places(pdf: bytes, wanted: Sequence[str]) -> list[float]:
    """Where each of these texts begins first."""
    return [next(place for place, text in texts(pdf) if text.strip() == one) for one in wanted]

"""One form for the same text: what phones and keyboards write differently."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u0640"))
_ARABIC_VOWELS = dict.fromkeys(range(0x064B, 0x0653))
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)


def normalise(text: str) -> str:
    """NFKC, lower case, no direction marks, kashida or Arabic vowel signs, no letter more than twice, single spaces."""
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_ARABIC_VOWELS).casefold()
    return " ".join(_REPEATED.sub(r"\1\1", text).split())

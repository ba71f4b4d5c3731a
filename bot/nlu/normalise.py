"""One form for the same text: what phones, keyboards and hands write differently.

``normalise`` is mild and for the encoder, which has seen real spelling; ``fold`` is strong and only for comparing words with
words, both of them folded.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u0640\ufe0f")
)
_ZWNJ = "\u200c"
_ARABIC_VOWELS = dict.fromkeys([*range(0x064B, 0x0653), 0x0670])
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʹ′"))
_DIGITS = {ord(char): str(unicodedata.digit(char)) for start in (0x0660, 0x06F0) for char in map(chr, range(start, start + 10))}

# Letters that keyboards of neighbouring languages exchange, or that people leave the dots of; for comparison only.
_SAME = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیئێۍې", "ي"),
        **dict.fromkeys("کڪګ", "ك"),
        **dict.fromkeys("ةەۀهھہ", "ه"),
        **dict.fromkeys("ؤۆۇ", "و"),
        "ڕ": "ر",
        "ڵ": "ل",
        "ء": "",
        "ı": "i",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ґ": "г",
        "ё": "е",
        "й": "и",
        "ї": "і",
    }
)


def normalise(text: str) -> str:
    """NFKC, lower case, ASCII digits; no direction marks, kashida, Arabic vowel signs or emoji; no letter more than twice."""
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE).translate(_ARABIC_VOWELS).translate(_DIGITS).casefold()
    text = _EMOJI.sub(" ", text.replace(_ZWNJ, " "))
    return " ".join(_REPEATED.sub(r"\1\1", text).split())


def fold(text: str) -> str:
    """``normalise``, and further: no diacritics, apostrophes, punctuation or doubled letters; look-alike letters made one."""
    text = normalise(text).translate(_APOSTROPHES).translate(_SAME)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")
    text = "".join(char if char.isalnum() else " " for char in text)
    return " ".join(_DOUBLED.sub(r"\1", text).split())

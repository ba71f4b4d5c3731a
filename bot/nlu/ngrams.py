"""Which language a short text is in, by its letters: naive Bayes over character n-grams, behind a gate of scripts.

The model file is made by ``scripts/train_languages.py``; sources of its text: docs/licences.md.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.normalise import normalise

MODEL = Path(__file__).with_name("ngrams.npz")
BUCKETS = 1 << 16
LONGEST = 4
TEMPERATURE = 6.0
"""Neighbouring n-grams share letters; dividing by it makes the sum of their logarithms a calibrated figure."""
ROMANISED = "-Latn"
"""Ends the class of a language written in Latin letters that has others of its own."""

_SCRIPTS = {
    "CYRILLIC": ("uk", "ru", "bg", "sr", "mk"),
    "ARABIC": ("ar", "fa", "ckb", "ps", "ur"),
    "ETHIOPIC": ("ti", "am"),
    "GREEK": ("el",),
    "CJK": ("zh",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "HANGUL": ("ko",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
    "HEBREW": ("he",),
    "DEVANAGARI": ("hi",),
    "BENGALI": ("bn",),
    "TAMIL": ("ta",),
    "THAI": ("th",),
}


def script(text: str) -> str:
    """The script of most letters, as Unicode names it (``LATIN``, ``ARABIC`` …); empty without letters."""
    names = Counter(unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha())
    names.pop("MODIFIER", None)
    return names.most_common(1)[0][0] if names else ""


def ngrams(text: str) -> Iterator[int]:
    """The bucket of each n-gram of each word of a normalised text."""
    for word in text.split():
        padded = f" {word} "
        for size in range(1, LONGEST + 1):
            for start in range(len(padded) - size + 1):
                yield zlib.crc32(padded[start : start + size].encode()) % BUCKETS


class NgramModel:
    """Log-probabilities of n-grams per language; languages are BCP 47 tags, romanised ones end in ``-Latn``."""

    def __init__(self, tags: list[str], table: NDArray[np.uint8], scale: float) -> None:
        """``table``: buckets × languages, in steps of ``-scale``."""
        self.tags = tags
        self._table, self._scale = table, scale

    def probabilities(self, text: str, prior: Mapping[str, float] | None = None) -> dict[str, float]:
        """How likely each language is, likeliest first; empty for a text without letters.

        ``prior`` weighs languages before the text is looked at; one that is not named has weight 1.
        """
        letters = "".join(char if char.isalpha() or char in " '’" else " " for char in normalise(text))
        written = script(letters)
        if not written:
            return {}
        allowed = _SCRIPTS.get(written)
        if allowed is None and written != "LATIN":
            return {}
        if allowed is not None and len(allowed) == 1:
            return {allowed[0]: 1.0}
        columns = [
            column
            for column, tag in enumerate(self.tags)
            if (tag in allowed if allowed else tag.endswith(ROMANISED) or not any(tag in group for group in _NOT_LATIN))
        ]
        buckets = np.fromiter(ngrams(letters), dtype=np.int64)
        logs = -self._scale * self._table[buckets][:, columns].sum(axis=0, dtype=np.float64) / TEMPERATURE
        logs += np.log([(prior or {}).get(self.tags[column], 1.0) for column in columns])
        weights = np.exp(logs - logs.max())
        weights /= weights.sum()
        order = np.argsort(-weights)
        return {self.tags[columns[index]]: float(weights[index]) for index in order}

    def surprise(self, text: str) -> float:
        """How unusual the letters of a text are in the language they fit best: mean negative log-probability of its n-grams."""
        buckets = np.fromiter(ngrams(normalise(text)), dtype=np.int64)
        return float((self._scale * self._table[buckets].astype(np.float64)).mean(axis=0).min()) if len(buckets) else 0.0


_NOT_LATIN = [tuple(tag for tag in tags if tag != "sr") for tags in _SCRIPTS.values()]


@lru_cache(maxsize=1)
def ngram_model() -> NgramModel:
    """The model of this process."""
    saved = np.load(MODEL, allow_pickle=False)
    return NgramModel([str(tag) for tag in saved["tags"]], saved["table"], float(saved["scale"]))

"""Search by letters: BM25 over the four-letter pieces of words, which needs neither stems nor a word list of any language."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.normalise import fold

SIZE = 4
SATURATION, LENGTH = 1.2, 0.75
Floats = NDArray[np.float32]
Split = Callable[[str], Iterable[int]]


def pieces(text: str) -> Iterator[int]:
    """The numbers of the pieces of each word; a short word is one piece."""
    for word in fold(text).split():
        padded = f" {word} "
        for start in range(max(1, len(padded) - SIZE + 1)):
            yield zlib.crc32(padded[start : start + SIZE].encode())


class Lexical:
    """Texts by their pieces: which texts have a piece, and what it is worth there."""

    ARRAYS = ("known", "starts", "texts", "weights", "size")

    def __init__(self, arrays: Mapping[str, NDArray[Any]], split: Split = pieces) -> None:
        """``known``: the pieces, ascending; from ``starts[i]`` on ``texts`` and ``weights`` of piece i; ``size`` texts."""
        self._arrays, self._split = dict(arrays), split
        self._known, self._starts, self._texts, self._weights = (arrays[name] for name in self.ARRAYS[:-1])
        self._size = int(arrays["size"])
        count = np.diff(self._starts)
        self._rarity = np.log1p((self._size - count + 0.5) / (count + 0.5)).astype(np.float32)

    @classmethod
    def build(cls, texts: Sequence[str], split: Split = pieces) -> Lexical:
        """The texts, cut by ``split``."""
        counts = [Counter(split(text)) for text in texts]
        lengths = [sum(count.values()) for count in counts]
        mean = sum(lengths) / len(lengths) if any(lengths) else 1.0
        rows = sorted(
            (piece, number, times * (SATURATION + 1) / (times + SATURATION * (1 - LENGTH + LENGTH * lengths[number] / mean)))
            for number, count in enumerate(counts)
            for piece, times in count.items()
        )
        known, first = np.unique(np.array([row[0] for row in rows], dtype=np.uint32), return_index=True)
        arrays: dict[str, NDArray[Any]] = {
            "known": known,
            "starts": np.append(first, len(rows)).astype(np.int64),
            "texts": np.array([row[1] for row in rows], dtype=np.int32),
            "weights": np.array([row[2] for row in rows], dtype=np.float32),
            "size": np.array(len(texts)),
        }
        return cls(arrays, split)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What the constructor needs."""
        return dict(self._arrays)

    def search(self, question: str) -> tuple[Floats, Floats]:
        """For each text its BM25 score, and how much of the question it holds: the share of its pieces, rare ones count more."""
        scores, held = np.zeros(self._size, dtype=np.float32), np.zeros(self._size, dtype=np.float32)
        asked = np.unique(np.fromiter(self._split(question), dtype=np.uint32))
        at = np.searchsorted(self._known, asked)
        found = [int(i) for i, piece in zip(at, asked, strict=True) if i < len(self._known) and self._known[i] == piece]
        for place in found:
            some = slice(self._starts[place], self._starts[place + 1])
            scores[self._texts[some]] += self._weights[some] * self._rarity[place]
            held[self._texts[some]] += self._rarity[place]
        unknown = (len(asked) - len(found)) * np.log1p(2 * self._size + 1)
        whole = float(sum(self._rarity[place] for place in found) + unknown)
        return scores, held / whole if whole else held

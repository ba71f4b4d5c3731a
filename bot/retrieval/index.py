"""The pages of one region, searched by meaning and by letters: a question in any language, pages in those that the region has."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from bot.languages import base
from bot.nlu.encoder import Encoder, Vectors
from bot.retrieval.cutting import LONG, SHORT, compared, cut, fits
from bot.retrieval.lexical import Floats, Lexical
from bot.retrieval.neutral import Neutral, neutral_for, unit
from bot.retrieval.pages import Page
from bot.retrieval.ranking import Ranking

FORMAT = 2
"""Changes with the way in which pages are cut, so that an older file is made anew."""
LETTERS = 0.2
"""Weight of the letters where question and page are of one language."""
TOPICS = 0.2
"""Weight of being about the same of our topics."""
OTHERS = 0.5
"""Weight of the same page in other languages beside the one of the question."""
FOUND = 0.35
"""Below this confidence no page is said to answer; chosen in benchmarks/README.md."""
BATCH = 16
SHORT_ROW = 1
"""The row of ``near`` that short passages are in."""


@dataclass(frozen=True)
class Hit:
    """A page, the lines of it that fit the question best, and how likely it is that it answers the question."""

    page: Page
    passage: str
    score: float
    confidence: float


class _Pages:
    """The pages of a region in one language with their vectors, as the encoder gave them."""

    def __init__(
        self, language: str, pages: Sequence[Page], cuts: dict[int, Vectors], lexical: Lexical, neutral: Neutral
    ) -> None:
        self.language, self.pages, self.cuts, self.lexical = language, list(pages), cuts, lexical
        self.row = {page.name: number for number, page in enumerate(self.pages)}
        self._vectors = {size: neutral.passages(vectors, language) for size, vectors in cuts.items()}
        self._first = {size: np.cumsum([0, *(len(cut(page, size)) for page in self.pages[:-1])]) for size in cuts}
        self._whole = unit(np.add.reduceat(self._vectors[LONG], self._first[LONG], axis=0))
        self._about = neutral.about(self._whole)

    def near(self, question: Vectors) -> Floats:
        """How near each page is to a question: by its nearest long passage, by its nearest short one and as a whole."""
        passages = [np.maximum.reduceat(self._vectors[size] @ question, self._first[size]) for size in (LONG, SHORT)]
        return np.stack([*passages, self._whole @ question])

    def about(self, topics: Vectors) -> Floats:
        """How much each page is about the same topics as a question."""
        return np.asarray(self._about @ topics, dtype=np.float32)

    def passage(self, row: int, question: Vectors) -> str:
        """The lines around the best ones of a page, as many as may be shown, none left out between."""
        page, first = self.pages[row], int(self._first[SHORT][row])
        pieces = cut(page, SHORT)
        near = self._vectors[SHORT][first : first + len(pieces)] @ question
        start = end = int(np.argmax(near))
        while True:
            wider = [(near[start - 1], start - 1, end)] if start else []
            wider += [(near[end + 1], start, end + 1)] if end + 1 < len(pieces) else []
            fitting = [one for one in wider if fits(pieces[one[1] : one[2] + 1])]
            if not fitting:
                return "\n".join(line for piece in pieces[start : end + 1] for line in piece)
            _, start, end = max(fitting)


class Index:
    """What one region's pages hold. Pages of two regions never come into one index."""

    def __init__(self, region: str, by_language: Mapping[str, _Pages], encoder: Encoder) -> None:
        self.region, self._by_language, self._encoder = region, dict(by_language), encoder
        self._neutral = neutral_for(encoder)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are pages in."""
        return tuple(self._by_language)

    @property
    def pages(self) -> list[Page]:
        """All pages in all languages."""
        return [page for of in self._by_language.values() for page in of.pages]

    @classmethod
    def build(cls, pages: Sequence[Page], encoder: Encoder, known: Index | None = None) -> Index:
        """Index the pages of a region; what ``known``, made with the same encoder, holds is not encoded again.

        Raises ValueError for pages of several regions.
        """
        regions = {page.region for page in pages}
        if len(regions) > 1:
            raise ValueError(f"pages of several regions: {', '.join(sorted(regions))}")
        vectors, neutral, made = known._known() if known else {}, neutral_for(encoder), {}
        for language in sorted({page.language for page in pages}):
            some = [page for page in pages if page.language == language]
            texts = {size: _texts(some, size) for size in (LONG, SHORT)}
            new = sorted({text for of_size in texts.values() for text in of_size} - vectors.keys(), key=len)
            for start in range(0, len(new), BATCH):
                batch = new[start : start + BATCH]
                vectors.update(zip(batch, encoder.encode(batch).astype(np.float16), strict=True))
            cuts = {size: np.stack([vectors[text] for text in of_size]).astype(np.float32) for size, of_size in texts.items()}
            lexical = Lexical.build([f"{' '.join(page.parents)} {page.title} {page.title} {page.text}" for page in some])
            made[language] = _Pages(language, some, cuts, lexical, neutral)
        return cls(regions.pop() if regions else "", made, encoder)

    def rank(self, question: str, languages: Sequence[str]) -> Ranking:
        """All pages of the region. ``languages``: first that of the question, then others; those the region lacks are ignored,
        and if it has none of them, pages in all its languages are compared.
        """
        searched = [self._by_language[one] for one in dict.fromkeys(languages) if one in self._by_language]
        searched = searched or list(self._by_language.values())
        ranking = Ranking(sorted({name for of in searched for name in of.row}))
        if not ranking.names:
            return ranking
        place = {name: number for number, name in enumerate(ranking.names)}
        at = np.array([place[page.name] for of in searched for page in of.pages])
        same = np.array([base(of.language) == base(languages[0]) for of in searched for _ in of.pages])
        asked = self._question(question, languages[0])
        same |= not asked.size  # without an encoder there are only letters to go by
        near = np.concatenate([of.near(asked) for of in searched], axis=1)
        letters, held = (np.concatenate(parts) for parts in zip(*(of.lexical.search(question) for of in searched), strict=True))
        about = np.concatenate([of.about(self._neutral.about(asked)) for of in searched])
        meant = _standard(np.sum([_standard(row) for row in near], axis=0)) + TOPICS * _standard(about)
        if same.any():
            meant[same] += LETTERS * _standard(letters[same])
        weight = np.where(same, 1.0, OTHERS)
        ranking.score = _standard(np.bincount(at, weight * meant) / np.bincount(at, weight))
        np.maximum.at(ranking.nearness, at, near[SHORT_ROW])
        np.maximum.at(ranking.held, at[same], held[same])
        ranking.same = bool(same.any())
        return ranking

    def search(self, question: str, languages: Sequence[str], k: int = 3) -> list[Hit]:
        """The best pages of the region, best first.

        ``languages``: first that of the question, then others that may be shown. A page in several of them is found once, in the
        first of them.
        """
        if not question.strip():
            return []
        ranking = self.rank(question, languages)
        asked = self._question(question, languages[0])
        return [self._hit(ranking, place, languages, asked) for place in ranking.best(k)]

    def _question(self, question: str, language: str) -> Vectors:
        return self._neutral.questions(self._encoder.encode([question]), language)[0]

    def confidence(self, ranking: Ranking, place: int) -> float:
        """How likely it is that a page of a ranking answers its question."""
        return self._neutral.confidence(ranking.features(place))

    def _hit(self, ranking: Ranking, place: int, languages: Sequence[str], asked: Vectors) -> Hit:
        name = ranking.names[place]
        of = next(
            self._by_language[one]
            for one in [*languages, *self._by_language]
            if one in self._by_language and name in self._by_language[one].row
        )
        row = of.row[name]
        return Hit(of.pages[row], of.passage(row, asked), float(ranking.score[place]), self.confidence(ranking, place))

    def _known(self) -> dict[str, NDArray[np.float16]]:
        """Every text that was encoded, with its vector."""
        return {
            text: vector
            for of in self._by_language.values()
            for size, vectors in of.cuts.items()
            for text, vector in zip(_texts(of.pages, size), vectors.astype(np.float16), strict=True)
        }

    def save(self, file: IO[bytes]) -> None:
        """Write everything that was computed; ``load`` gives an equal index."""
        about = {"format": FORMAT, "region": self.region, "languages": list(self._by_language)}
        arrays: dict[str, NDArray[Any]] = {"about": _bytes(about)}
        for language, of in self._by_language.items():
            arrays[f"{language}/pages"] = _bytes([asdict(page) for page in of.pages])
            arrays |= {f"{language}/{size}": vectors.astype(np.float16) for size, vectors in of.cuts.items()}
            arrays |= {f"{language}/letters/{name}": array for name, array in of.lexical.arrays().items()}
        np.savez_compressed(file, **arrays)

    @classmethod
    def load(cls, path: Path, encoder: Encoder) -> Index:
        """A saved index. Raises OSError; ValueError for a damaged file, another format or another encoder."""
        try:
            region, made = cls._read(path, neutral_for(encoder))
        except (zipfile.BadZipFile, EOFError, KeyError, TypeError) as error:
            raise ValueError(f"{path}: {type(error).__name__}: {error}") from error
        first = next(iter(made.values()), None)
        if first and not np.allclose(first.cuts[LONG][:1], encoder.encode(_texts(first.pages, LONG)[:1]), atol=2e-3):
            raise ValueError(f"{path} was made with another encoder")
        return cls(region, made, encoder)

    @staticmethod
    def _read(path: Path, neutral: Neutral) -> tuple[str, dict[str, _Pages]]:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            about = _read(file["about"])
            if about["format"] != FORMAT:
                raise ValueError(f"{path} has format {about['format']}")
            made = {}
            for language in about["languages"]:
                pages = [Page.of(one) for one in _read(file[f"{language}/pages"])]
                cuts = {size: file[f"{language}/{size}"].astype(np.float32) for size in (LONG, SHORT)}
                letters = {name: file[f"{language}/letters/{name}"] for name in Lexical.ARRAYS}
                made[language] = _Pages(language, pages, cuts, Lexical(letters), neutral)
        return str(about["region"]), made


def _standard(values: NDArray[np.floating[Any]]) -> Floats:
    """Values in standard deviations from their mean; zeros where all are alike."""
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6), dtype=np.float32)


def _texts(pages: Sequence[Page], size: int) -> list[str]:
    return [compared(page, piece) for page in pages for piece in cut(page, size)]


def _bytes(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), dtype=np.uint8)


def _read(array: NDArray[np.uint8]) -> Any:
    return json.loads(array.tobytes())

"""How well pages are found: ``make evaluate-retrieval PAGES="de.json …" QUESTIONS="de.jsonl …"``.

A file of pages is what the Integreat API answers for one region and language. A line of a file of questions is
``{"question", "language", "pageId", "answerable"}``; ``pageId`` is the page in any language. ``--foreign``: questions that
these pages cannot answer (ours, if not given); only ``question`` and ``language`` are read. Prints a row per language of the
questions and of the pages, and with pages in several languages one for all of them together.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.nlu.encoder import Encoder, default_encoder  # noqa: E402 - the path comes first
from bot.retrieval.index import FOUND, Index  # noqa: E402 - the path comes first
from bot.retrieval.lexical import Lexical  # noqa: E402 - the path comes first
from bot.retrieval.pages import Page, pages_of  # noqa: E402 - the path comes first

OURS, THEIRS = ("R@1", "R@3", "MRR"), ("BM25 R@1", "BM25 R@3", "BM25 MRR")
COLUMNS = ("n", *OURS, *THEIRS, "unanswerable", "BM25", "foreign", "BM25", "shown", "wrongly", "ms")
LEGEND = """n: answerable questions whose page is there. R@1, R@3, MRR: the page that the question was made from, among all of
the region; BM25: by words, same pages and run.
unanswerable, foreign: AUROC of the confidence (BM25: of its best score) between answerable questions and those that their page
does not answer, or foreign ones. shown: share of answerable questions whose first page is above the threshold; wrongly: share of
the foreign ones (if none are given: of the unanswerable). ms: median time of a search without encoding the question, which
takes {encoding:.0f} ms."""


@dataclass(frozen=True)
class Question:
    """``page``: the name of the page it was made from; empty if there is none here."""

    text: str
    language: str
    page: str
    answerable: bool


@dataclass(frozen=True)
class Found:
    """What came of a question: the place of its page (from 0; None if the region has it not), and the first page's confidence."""

    rank: Optional[int]
    confidence: float
    milliseconds: float


def pages_in(files: Iterable[Path]) -> tuple[list[Page], dict[int, str]]:
    """The pages of all files, and the name of each by its id in any language, also in one whose file was not given.

    Raises ValueError with the file for one that is not in the format.
    """
    pages: list[Page] = []
    names: dict[int, str] = {}
    for file in files:
        try:
            raw = json.loads(file.read_text(encoding="utf-8"))
            found = pages_of(raw, str(raw[0]["path"]).strip("/").split("/")[0])
            by_id = {page.id: page.name for page in found}
            for one in raw:
                others = (one.get("available_languages") or {}).values()
                names |= {int(other["id"]): by_id[one["id"]] for other in (one, *others) if one["id"] in by_id and "id" in other}
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise ValueError(f"{file}: {type(error).__name__}: {error}") from error
        pages += found
    return pages, names


def questions_in(file: Path, names: Mapping[int, str]) -> list[Question]:
    """The questions of a file, with the name of the page each was made from. Raises ValueError with file and line."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                one = json.loads(line)
                page = names.get(int(one.get("pageId", 0)), "")
                found.append(Question(str(one["question"]), str(one["language"]), page, bool(one.get("answerable"))))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{file}, line {number}: {type(error).__name__}: {error}") from error
    return found


def made_index(pages: Sequence[Page], encoder: Encoder, kept: Optional[Path]) -> Index:
    """The index of all pages; vectors are taken from and left in ``kept``."""
    known = Index.load(kept, encoder) if kept and kept.is_file() else None
    index = Index.build(pages, encoder, known)
    if kept:
        with kept.open("wb") as file:
            index.save(file)
    return index


def ours(index: Index, encoder: Encoder, questions: Iterable[Question]) -> list[Found]:
    """Each question asked."""
    found = []
    for one in questions:
        encoder.encode([one.text])  # kept: what follows is the time of the search alone
        start = time.perf_counter()
        ranking = index.rank(one.text, [one.language, *index.languages])
        order = ranking.best(len(ranking.names))
        confidence = index.confidence(ranking, order[0])
        elapsed = (time.perf_counter() - start) * 1000
        place = ranking.names.index(one.page) if one.page in ranking.names else None
        found.append(Found(None if place is None else order.index(place), confidence, elapsed))
    return found


def words(text: str) -> Iterator[int]:
    """What the search that ours is compared with goes by."""
    return (zlib.crc32(word.encode()) for word in re.findall(r"\w+", text.lower()))


def bm25(pages: Sequence[Page], questions: Iterable[Question]) -> list[Found]:
    """The same questions to BM25; a page in several languages has the best of its scores."""
    lexical = Lexical.build([f"{page.title} {page.text}" for page in pages], words)
    names = sorted({page.name for page in pages})
    at = np.array([names.index(page.name) for page in pages])
    found = []
    for one in questions:
        scores = np.zeros(len(names), dtype=np.float32)
        np.maximum.at(scores, at, lexical.search(one.text)[0])
        order = np.argsort(-scores, kind="stable")
        rank = int(np.flatnonzero(order == names.index(one.page))[0]) if one.page in names else None
        found.append(Found(rank, float(scores.max()), 0))
    return found


def auroc(yes: Sequence[Found], no: Sequence[Found]) -> Optional[float]:
    """How often one that is answered is surer than one that is not; ties count half. None without either."""
    if not yes or not no:
        return None
    left, right = np.array([one.confidence for one in yes])[:, None], np.array([one.confidence for one in no])[None, :]
    return float(((left > right) + 0.5 * (left == right)).mean())


def row(
    index: Index, encoder: Encoder, pages: Sequence[Page], questions: Sequence[Question], foreign: Sequence[Question]
) -> list[Optional[float]]:
    """The figures of the questions of one language against some pages."""
    here = [one for one in questions if one.page in {page.name for page in pages}]
    yes, no = ([one for one in here if one.answerable is wanted] for wanted in (True, False))
    figures: list[Optional[float]] = []
    results = [(ours(index, encoder, some), bm25(pages, some)) for some in (yes, no, foreign)]
    for of in (0, 1):
        ranks = [one.rank for one in results[0][of] if one.rank is not None]
        for value in ([rank < 1 for rank in ranks], [rank < 3 for rank in ranks], [1 / (rank + 1) for rank in ranks]):
            figures.append(float(np.mean(value)) if value else None)
    for others in (1, 2):
        figures += [auroc(results[0][of], results[others][of]) for of in (0, 1)]
    for some in (results[0][0], results[2][0] or results[1][0]):
        figures.append(float(np.mean([one.confidence >= FOUND for one in some])) if some else None)
    figures.insert(0, len(yes))
    return [*figures, float(np.median([one.milliseconds for one in results[0][0]])) if yes else None]


def table(
    index: Index, encoder: Encoder, pages: Sequence[Page], questions: Sequence[Question], foreign: Sequence[Question]
) -> list[dict[str, Any]]:
    """A row per language of the questions and of the pages."""
    groups = {language: [page for page in pages if page.language == language] for language in index.languages}
    indexes = {language: Index.build(some, encoder, index) for language, some in groups.items()}
    if len(groups) > 1:
        together = "+".join(groups)
        groups[together], indexes[together] = list(pages), index
    rows = []
    for language in sorted({one.language for one in questions}):
        some, strange = ([one for one in these if one.language == language] for these in (questions, foreign))
        for name, group in groups.items():
            figures = row(indexes[name], encoder, group, some, strange)
            rows.append({"questions": language, "pages": name, "figures": figures})
    return rows


def encoding_time(encoder: Encoder, questions: Sequence[Question]) -> float:
    """Median milliseconds for a question that was not asked before."""
    times = []
    for one in questions[:50]:
        start = time.perf_counter()
        encoder.encode([f"{one.text} {one.text[:1]}"])
        times.append((time.perf_counter() - start) * 1000)
    return float(np.median(times)) if times else 0.0


def main() -> int:
    """Print the table; 2 for files that cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs="+", type=Path, required=True)
    parser.add_argument("--questions", nargs="+", type=Path, required=True)
    parser.add_argument("--foreign", nargs="*", type=Path, default=[ROOT / "benchmarks/foreign-questions.jsonl"])
    parser.add_argument("--index", type=Path, help="keep the vectors of the pages in this file")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    given = parser.parse_args()
    encoder = default_encoder()
    try:
        pages, names = pages_in(given.pages)
        questions = [one for file in given.questions for one in questions_in(file, names)]
        foreign = [one for file in given.foreign for one in questions_in(file, {})]
        rows = table(made_index(pages, encoder, given.index), encoder, pages, questions, foreign)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps({"columns": COLUMNS, "rows": rows}, ensure_ascii=False, indent=1))
        return 0
    print("| questions | pages | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 2) + "|")
    for one in rows:
        forms = ["d", *[".3f"] * (len(COLUMNS) - 2), ".1f"]
        cells = ["–" if value is None else format(value, form) for value, form in zip(one["figures"], forms, strict=True)]
        print(f"| {one['questions']} | {one['pages']} | " + " | ".join(cells) + " |")
    print("\n" + LEGEND.format(encoding=encoding_time(encoder, questions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The figures of retrieval, on pages of an invented town with an encoder that needs no model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.evaluate_retrieval import COLUMNS, made_index, pages_in, questions_in, table
from tests.pages import TEXTS, Words, raw


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def pages_file(tmp_path: Path) -> Path:
    pages = raw("adorf", "de", TEXTS)
    for page in pages:
        page["available_languages"]["en"]["id"] = page["id"] + 1
    return written(tmp_path / "pages.json", json.dumps(pages))


def question(text: str, page: int, **more: Any) -> str:
    return json.dumps({"question": text, "language": "de", "pageId": page, "answerable": True, **more})


def test_every_question_counts_whatever_the_language_of_its_page(pages_file: Path, tmp_path: Path) -> None:
    pages, names = pages_in([pages_file])
    by_title = {page.title: page.id for page in pages}
    lines = [
        question("Hund beim Steueramt anmelden", by_title["Hund anmelden"]),
        question("Parkausweis im Rathaus", by_title["Parkausweis"] + 1),
        question("Schwimmbad", by_title["Hund anmelden"]),
        question("Quantenphysik", by_title["Schwimmbad"], answerable=False),
        question("Schwimmbad", 4711),
    ]
    questions = questions_in(written(tmp_path / "questions.jsonl", "\n".join(lines)), names)
    (row,) = table(made_index(pages, Words(), None), Words(), pages, questions, [])
    figures = dict(zip(COLUMNS, row["figures"], strict=False))
    assert (row["questions"], row["pages"], figures["n"]) == ("de", "de", 3)
    assert (figures["R@1"], figures["R@3"]) == (pytest.approx(2 / 3), 1.0)


def test_files_that_are_not_in_the_format_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pages.json"):
        pages_in([written(tmp_path / "pages.json", "[]")])
    with pytest.raises(ValueError, match="questions.jsonl, line 2"):
        questions_in(written(tmp_path / "questions.jsonl", question("Ja?", 1) + "\n{}"), {})

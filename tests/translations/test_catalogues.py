"""The catalogues: complete, with the same placeholders, and as many lines as the German text."""

from __future__ import annotations

import pytest

from scripts import catalogues

# Einfache Sprache may need more lines than its source, and has them.
LANGUAGES = [language for language in (*catalogues.offered(), *catalogues.drafts()) if "-" not in language]


def test_catalogues_have_no_problems() -> None:
    assert catalogues.problems() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_has_the_lines_of_its_source(language: str) -> None:
    wrong = [
        message.id
        for message in catalogues.read(language)
        if message.id and message.string and message.string.count("\n") != message.id.count("\n")
    ]
    assert wrong == []


@pytest.mark.parametrize("language", catalogues.offered())
def test_catalogue_says_that_nobody_has_reviewed_it(language: str) -> None:
    assert "state: draft" in (catalogues.read(language).header_comment or "")

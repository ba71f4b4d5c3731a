"""The language of short messages; a wrong offer to change is worse than none."""

from __future__ import annotations

import pytest

from bot.nlu.language import detect, other_language, own_words
from bot.nlu.romanised import native, readable

SENTENCES = [
    ("ich suche eine wohnung", "de"),
    ("i am looking for a flat", "en"),
    ("ابحث عن شقة لعائلتي", "ar"),
    ("ev arıyorum lütfen yardım edin", "tr"),
    ("шукаю квартиру для родини", "uk"),
    ("ищу квартиру для семьи", "ru"),
    ("دنبال خانه می‌گردم", "fa"),
    ("je cherche un appartement", "fr"),
    ("caut o locuință pentru familie", "ro"),
    ("търся жилище за семейството", "bg"),
    ("szukam mieszkania dla rodziny", "pl"),
    ("ez li xaniyekî digerim", "kmr"),
]


@pytest.mark.parametrize(("text", "language"), SENTENCES)
def test_detect_of_a_sentence(text: str, language: str) -> None:
    likely = detect(text)
    assert max(likely, key=likely.__getitem__).removesuffix("-Latn") == language


@pytest.mark.parametrize(("text", "language"), SENTENCES)
def test_other_language_in_the_chosen_one_is_none(text: str, language: str) -> None:
    assert other_language(text, language) is None


@pytest.mark.parametrize(("text", "language"), SENTENCES)
def test_other_language_in_another_one_is_named(text: str, language: str) -> None:
    assert other_language(text, "en" if language == "de" else "de") == language


@pytest.mark.parametrize("text", ["Jobcenter Termin", "WBS", "ok", "12345", "Ausländerbehörde!!", "ja", "maria@example.org", ""])
def test_other_language_of_office_words_and_scraps_is_none(text: str) -> None:
    assert other_language(text, "ar") is None


def test_german_office_words_in_a_foreign_sentence_do_not_turn_it_german() -> None:
    assert other_language("Jobcenter termini için ne yapmalıyım", "tr") is None


@pytest.mark.parametrize(
    ("text", "language", "letters"),
    [("mne nuzhna kvartira", "ru", "мне нужна квартира"), ("potribna dovidka", "uk", "потрібна довідка")],
)
def test_native_brings_back_the_script(text: str, language: str, letters: str) -> None:
    assert native(text, language) == letters


def test_readable_leaves_other_languages_alone() -> None:
    assert readable("ich suche eine Wohnung", "ru") == "ich suche eine Wohnung"
    assert readable("мне нужна квартира", "ru") == "мне нужна квартира"
    assert readable("mne nuzhna kvartira v berline", "ru") == "мне нужна квартира в берлине"


@pytest.mark.parametrize("code", ["QAAD-XUMO-WAA1", "waxa aan1 qoro", "LAAQ-AD1A-NOQO"])
def test_case_code_is_in_no_language(code: str) -> None:
    assert (own_words(code), other_language(code, "uk")) == ("", None)

"""One form for what is written differently."""

from __future__ import annotations

import pytest

from bot.nlu.normalise import fold, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ｔｅｒｍｉｎ", "termin"),
        ("hiiiilfe 😭😭", "hiilfe"),
        ("شُكْراً", "شكرا"),
        ("می‌خواهم", "می خواهم"),
        ("٠١٢٣ ۴۵", "0123 45"),
        ("  zwei \n Zeilen\t", "zwei zeilen"),
        ("\u202bسلام\u202c", "سلام"),
    ],
)
def test_normalise_of_phones_and_keyboards(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wohnungsgeberbestätigung", "wohnungsgeberbestatigung"),
        ("إقامة", "اقامه"),
        ("كتاب", "کتاب"),
        ("Işık", "isik"),
        ("Łódź", "lodz"),
        ("şêwirmend", "sewirmend"),
        ("ще ёлка", "ще елка"),
        ("don't", "dont"),
        ("Hallo!!!", "halo"),
    ],
)
def test_fold_of_exchanged_letters_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["", " ", "😀", "؟!", "\u200f"])
def test_fold_of_nothing_is_empty(text: str) -> None:
    assert fold(text) == ""

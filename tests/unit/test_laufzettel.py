"""The Laufzettel as a PDF: what stands on it, in which order and language, and with which letters."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from actions.adapters.files import FileContent
from actions.adapters.municipalities import load_municipality
from actions.model.routing import Question
from actions.services.orientation import Orientation
from bot.documents.laufzettel import TEMPLATE, filled
from bot.documents.typesetting import fonts_folder, typeset, typeset_aside
from bot.nlg import GettextNLG
from bot.settings import ROOT
from tests.papers import SERVICE, places, read, texts, words

MONDAY = datetime(2026, 11, 23, 10)
COMPLETE = [language for language in FileContent(ROOT, "duesseldorf").profile.languages if language not in ("ti", "ps", "ckb")]


@cache
def card(intent: str = "ask_housing") -> Any:
    folder = ROOT / "data/municipalities/duesseldorf"
    orientation = Orientation(FileContent(ROOT, "duesseldorf"), load_municipality(folder, ROOT / "data/orientation"))
    answer = orientation.topic(intent, Question(at=MONDAY))
    assert answer is not None
    return answer[1]["card"]


def content(nlg: GettextNLG, language: str, cards: Sequence[Any]) -> dict[str, Any]:
    return filled(cards, partial(nlg.in_columns, language=language), SERVICE)


def test_german_paper_has_one_column_with_all_that_helps_at_the_counter(nlg: GettextNLG) -> None:
    slip = content(nlg, "de", [card()])
    assert [column["lang"] for column in slip["columns"]] == ["de"]
    text = words(typeset(TEMPLATE, slip))
    shown = slip["columns"][0]["cards"][0]
    for expected in (
        "Laufzettel Zum Zeigen am Schalter",
        shown["title"],
        shown["answer"],
        *shown["steps"],
        *shown["bring"],
        "Musterstraße 1, 40210 Düsseldorf",
        "Telefon: 0211 0000-101",
        "Sprachen: Deutsch, Englisch, Arabisch und Ukrainisch",
        "Testdaten: Adresse, Zeiten, Sprachen und Telefon sind erfunden.",
        "Quelle: Make it in Germany",
        "Geprüft am 21. November 2026",
        "Platz für Notizen",
        SERVICE,
    ):
        assert expected in text
    order = [text.index(part) for part in (shown["title"], shown["steps"][0], shown["bring"][0], "Musterstraße 1", "Platz für")]
    assert order == sorted(order)


@pytest.mark.parametrize("language", ["en", "tr", "uk", "kmr"])
def test_own_language_stands_left_and_german_right_of_it(nlg: GettextNLG, language: str) -> None:
    slip = content(nlg, language, [card()])
    own, german = slip["columns"]
    pdf = typeset(TEMPLATE, slip)
    text = words(pdf)
    assert [column["cards"][0]["title"] in text for column in (own, german)] == [True, True]
    left, right = places(pdf, [own["name"], german["name"]])
    assert left < 100 and 297 < right


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_right_to_left_language_stands_right_and_german_left_of_it(nlg: GettextNLG, language: str) -> None:
    slip = content(nlg, language, [card()])
    pdf = typeset(TEMPLATE, slip)
    (german,) = places(pdf, ["Deutsch"])
    assert german < 100
    assert max(place for place, text in texts(pdf) if re.search("[\u0600-\u06ff]", text)) > 450
    assert not re.search("[\u2066-\u2069]", read(pdf).pages[0].extract_text())


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_telephone_numbers_and_times_are_not_turned_round(nlg: GettextNLG, language: str) -> None:
    text = words(typeset(TEMPLATE, content(nlg, language, [card()])))
    assert [text.count(number) for number in ("0211 0000-101", "0211 0000-102")] == [2, 2]
    assert text.count("13:00") == 2


@pytest.mark.parametrize("language", COMPLETE)
def test_every_font_is_inside_and_only_the_letters_used(nlg: GettextNLG, language: str) -> None:
    pdf = typeset(TEMPLATE, content(nlg, language, [card()]))
    fonts = [font.get_object() for page in read(pdf).pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert re.fullmatch(r"/[A-Z]{6}\+DejaVuSans(-Bold)?", font["/BaseFont"])
        assert "/FontFile2" in descriptor and "/ToUnicode" in font
    assert len(pdf) < 150_000


@pytest.mark.parametrize("language", COMPLETE)
def test_font_has_every_letter_of_a_language(language: str) -> None:
    if language == "de":
        return
    catalogue = (ROOT / f"locales/{language}/LC_MESSAGES/lotse.po").read_text(encoding="utf-8")
    used = {char for char in catalogue if char.isalnum() or unicodedata.combining(char)}
    known = TTFont(fonts_folder() / "DejaVuSans.ttf").getBestCmap()
    assert {char for char in used if ord(char) not in known} == set()


@pytest.mark.parametrize(("language", "tag"), [("ar", "ar"), ("de-simple", "de"), ("uk", "uk")])
def test_paper_is_tagged_and_tells_title_and_language(nlg: GettextNLG, language: str, tag: str) -> None:
    slip = content(nlg, language, [card()])
    reader = read(typeset(TEMPLATE, slip))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], reader.metadata and reader.metadata.title) == (
        tag,
        True,
        slip["title"],
    )
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_untranslated_card_comes_in_german_alone(nlg: GettextNLG) -> None:
    changed = {**card(), "answer": {"$text": "Ein neuer Satz.", "context": "orientation.housing", "args": {}}}
    assert [column["lang"] for column in content(nlg, "ar", [changed])["columns"]] == ["de"]


def test_several_topics_come_in_the_order_chosen(nlg: GettextNLG) -> None:
    text = words(typeset(TEMPLATE, content(nlg, "de", [card("ask_work"), card("ask_housing")])))
    assert 0 < text.index("Arbeit") < text.index("Wohnung suchen")


def test_office_without_address_and_steps_with_authorities_are_set(nlg: GettextNLG) -> None:
    own = lambda text: {"$own": text}  # noqa: E731
    bare = {key: None for key in card()["offices"][0]} | {"name": "Beratungsstelle", "hours": []}
    steps = [{"text": own("Antrag stellen"), "who": [own("Bis dahin: Sozialamt"), own("Danach: Jobcenter")]}]
    text = words(typeset(TEMPLATE, content(nlg, "de", [{"kind": "topic", "title": own("X"), "steps": steps, "offices": [bare]}])))
    assert "Antrag stellen Bis dahin: Sozialamt Danach: Jobcenter" in text
    assert "Beratungsstelle Platz für Notizen" in text


def test_markup_in_a_text_is_only_text(nlg: GettextNLG) -> None:
    hostile = '#read("/etc/passwd") *a* $x$ <b> \\u{41} @b = c // d'
    answer = "\u0000\u202eabc\u2069" + "x" * 5000
    pdf = typeset(TEMPLATE, content(nlg, "de", [{"kind": "topic", "title": {"$own": hostile}, "answer": {"$own": answer}}]))
    assert [part in words(pdf) for part in (hostile, "abcxxx")] == [True, True]


def test_sign_without_a_letter_in_the_font_does_not_cost_the_paper(nlg: GettextNLG) -> None:
    pdf = typeset(TEMPLATE, content(nlg, "de", [{"kind": "topic", "title": {"$own": "Hilfe ሰላም 🙂"}}]))
    assert "Hilfe" in words(pdf)


def test_long_paper_goes_on_over_pages_and_does_not_hold_up_the_others(nlg: GettextNLG) -> None:
    long = {**card(), "steps": card()["steps"] * 30}

    async def made_beside() -> tuple[bytes, int]:
        paper, ticks = asyncio.ensure_future(typeset_aside(TEMPLATE, content(nlg, "ar", [long]))), 0
        while not paper.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return paper.result(), ticks

    pdf, ticks = asyncio.run(made_beside())
    reader = read(pdf)
    assert len(reader.pages) > 6
    assert ticks > 5
    # The head with the names of the languages comes again on every page that the topic goes on.
    assert ["Deutsch" in page.extract_text() for page in reader.pages[:6]] == [True] * 6

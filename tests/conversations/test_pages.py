"""Questions that no topic covers, on the running stack: with pages of an invented town, and without any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.nlu.encoder import default_encoder
from bot.retrieval.index import Index
from bot.retrieval.lookup import INDEX
from bot.retrieval.pages import pages_of
from scripts.stack import Stack
from tests.conversations.client import Person
from tests.pages import raw

TEXTS = {
    "hundesteuer": ("Hundesteuer", "<p>Wer einen Hund hat, zahlt Hundesteuer.</p><p>Sie kostet 96 Euro im Jahr.</p>"),
    "schwimmbad": ("Schwimmbad", "<p>Das Schwimmbad öffnet um 9 Uhr.</p><p>Kinder zahlen 2 Euro Eintritt.</p>"),
    "sperrmuell": ("Sperrmüll", "<p>Alte Möbel holt die Abfallwirtschaft ab.</p><p>Melden Sie den Sperrmüll vorher an.</p>"),
    "buecherei": ("Stadtbücherei", "<p>In der Bücherei leihen Sie Bücher und Filme aus.</p><p>Der Ausweis ist kostenlos.</p>"),
    "parken": ("Parkausweis", "<p>Den Parkausweis für Bewohner gibt es im Rathaus.</p><p>Er kostet 30 Euro im Jahr.</p>"),
    "markt": ("Wochenmarkt", "<p>Der Markt ist am Samstag von 8 bis 13 Uhr auf dem Marktplatz.</p>"),
}
DOG_TAX = {"de": "Wie hoch ist die Hundesteuer?", "ar": "كم تبلغ ضريبة الكلاب؟"}


@pytest.fixture
def with_pages(stack: Stack) -> Iterator[Stack]:
    """The same stack, while its municipality has pages."""
    file = stack.data / "pages/duesseldorf" / INDEX
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as open_file:
        Index.build(pages_of(raw("adorf", "de", TEXTS), "adorf"), default_encoder()).save(open_file)
    yield stack
    file.unlink()


def ask(stack: Stack, language: str) -> dict[str, Any]:
    return Person(stack.chat_url, language).say(DOG_TAX[language])[0]


@pytest.mark.parametrize("language", ["de", "ar"])
def test_question_without_a_topic_is_answered_from_the_pages(with_pages: Stack, language: str) -> None:
    answer = ask(with_pages, language)
    assert (answer["response"], answer["lang"]) == ("utter_orientation_page", language)
    card = answer["card"]
    assert (card["title"], card["lang"], card["dir"], card["note"] is None) == ("Hundesteuer", "de", "ltr", language == "de")
    assert card["passage"] == "Wer einen Hund hat, zahlt Hundesteuer.\nSie kostet 96 Euro im Jahr."
    assert card["url"] == "https://integreat.app/adorf/de/hundesteuer/"


def test_without_pages_the_same_question_is_answered_as_before(stack: Stack) -> None:
    assert ask(stack, "de")["response"] in ("utter_out_of_scope", "utter_meaning")


def test_crisis_comes_before_any_page(with_pages: Stack) -> None:
    person = Person(with_pages.chat_url, "de")
    person.say("Ich will nicht mehr leben. Wie hoch ist die Hundesteuer?")
    assert person.responses == ["utter_crisis_suicide"]


def test_an_open_question_shows_no_page(with_pages: Stack) -> None:
    person = Person(with_pages.chat_url, "de")
    person.command("status")
    person.say(DOG_TAX["de"])
    assert person.responses[-1] == "utter_ask_handoff__status_code"
    assert "utter_orientation_page" not in person.responses

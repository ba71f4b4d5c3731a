"""A message meets the municipality's pages only where no topic may answer it; what is found is shown as it stands there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Optional

import pytest
from rasa.shared.nlu.training_data.message import Message

from actions.adapters.files import FileContent
from actions.adapters.municipalities import load_municipality
from actions.runtime import ROOT
from actions.services.orientation import Orientation
from bot.nlu.encoder import Encoder
from bot.nlu.intent import UNSURE
from bot.nlu.typed import CHOSEN
from bot.retrieval.component import PageFinder
from bot.retrieval.index import Hit, Index
from bot.retrieval.lookup import INDEX, Lookup
from bot.retrieval.pages import pages_of
from tests.pages import ENGLISH, Words, pages, raw

DOG = "Hund beim Steueramt anmelden"
FOUND = {
    "title": "Hund anmelden",
    "passage": "Wer einen Hund hat, meldet ihn beim Steueramt an.",
    "url": "https://integreat.app/adorf/de/hund/",
    "changed": "2026-11-01",
    "lang": "de",
    "dir": "ltr",
}


@pytest.fixture(scope="module")
def koeln() -> Orientation:
    folder = ROOT / "data/municipalities/koeln"
    return Orientation(FileContent(ROOT, "koeln"), load_municipality(folder, ROOT / "data/orientation"))


def store(folder: Path) -> None:
    with (folder / INDEX).open("wb") as file:
        Index.build(pages() + pages_of(raw("adorf", "en", ENGLISH), "adorf"), Words()).save(file)


def found(folder: Path, text: str, intent: str = UNSURE, language: str = "de", meanings: int = 3) -> Optional[Any]:
    message = Message({"text": text, "intent": {"name": intent}, "intent_ranking": [{}] * meanings, CHOSEN: language})
    PageFinder(Lookup(folder, Words)).process([message])
    return message.as_dict(only_output_properties=True).get("page")


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope", "ask_housing"])
def test_page_is_looked_up_where_there_may_be_no_answer(tmp_path: Path, intent: str) -> None:
    store(tmp_path)
    assert found(tmp_path, DOG, intent) == FOUND


@pytest.mark.parametrize("intent", ["crisis_suicide", "greet", "affirm", "start_counselling"])
def test_page_is_not_looked_up_for_what_has_its_answer(tmp_path: Path, intent: str) -> None:
    store(tmp_path)
    assert found(tmp_path, DOG, intent) is None


def test_nothing_is_looked_up_for_gibberish_and_taps(tmp_path: Path) -> None:
    store(tmp_path)
    assert (found(tmp_path, DOG, meanings=1), found(tmp_path, "/ask_housing", "ask_housing")) == (None, None)


def test_what_no_page_answers_is_not_found(tmp_path: Path) -> None:
    store(tmp_path)
    assert found(tmp_path, "Quantenphysik") is None


def test_page_is_in_the_language_of_the_person_if_there_is_one(tmp_path: Path) -> None:
    store(tmp_path)
    shown = [found(tmp_path, *asked) for asked in (("permit town hall", UNSURE, "en"), ("Parkausweis", UNSURE, "de"))]
    assert [page and page["title"] for page in shown] == ["Parking permit", "Parkausweis"]


def test_language_that_was_written_in_comes_before_the_chosen_one() -> None:
    class Asked(Lookup):
        def best(self, question: str, languages: Sequence[str]) -> Optional[Hit]:
            assert list(dict.fromkeys(languages)) == ["ar", "tr", "de", "en"]
            return None

    message = Message({"text": DOG, "intent": {"name": "nlu_fallback"}, "intent_ranking": [{}, {}], CHOSEN: "tr"})
    message.set("entities", [{"entity": "detected_language", "value": "ar"}])
    PageFinder(Asked(Path(), Words)).process([message])
    assert message.get("page") is None


def test_encoder_is_not_even_made_where_there_are_no_pages(tmp_path: Path) -> None:
    def encoder() -> Encoder:
        raise AssertionError

    assert Lookup(tmp_path, encoder).best(DOG, ["de"]) is None


def test_a_new_index_is_used_and_a_deleted_one_is_not(tmp_path: Path) -> None:
    lookup = Lookup(tmp_path, Words)
    assert lookup.best(DOG, ["de"]) is None
    store(tmp_path)
    hit = lookup.best(DOG, ["de"])
    assert hit and hit.page.title == "Hund anmelden"
    (tmp_path / INDEX).write_bytes(b"damaged")
    assert lookup.best(DOG, ["de"]) is None
    store(tmp_path)
    (tmp_path / INDEX).unlink()
    assert lookup.best(DOG, ["de"]) is None


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("de", None),
        ("de-simple", None),
        ("ar", {"$label": "utter_orientation_labels.page_language", "args": {"language": {"$language": "de"}}}),
    ],
)
def test_page_in_another_language_says_so(koeln: Orientation, language: str, note: Any) -> None:
    response, args = koeln.page(FOUND, language)
    assert response == "utter_orientation_page"
    assert args["card"]["note"] == note
    assert args["card"]["changed"]["args"] == {"date": {"$day": "2026-11-01"}}
    assert {key: args["card"][key] for key in ("title", "passage", "url", "lang", "dir")} == {
        key: FOUND[key] for key in ("title", "passage", "url", "lang", "dir")
    }

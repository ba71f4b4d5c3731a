"""Pages of an invented town: read, cut, indexed and searched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.nlu.encoder import NoEncoder, Vectors
from bot.retrieval.index import FOUND, Index
from bot.retrieval.neutral import Neutral
from bot.retrieval.pages import BadPages, pages_of, plain
from tests.pages import ENGLISH, TEXTS, Words, pages, raw


def test_plain_keeps_lines_and_marks_headings() -> None:
    content = "<h2>A&amp;B</h2><p>Eins<br>zwei&#160;&#160;drei</p><ul><li>vier<ul><li>fünf</li></ul></li></ul><h3>Sechs</h3>"
    assert plain(content) == "A&B\nEins\nzwei drei\nvier\nfünf\n\nSechs"


def test_plain_leaves_out_scripts_images_and_empty_paragraphs() -> None:
    assert plain('<p>&#160;</p><script>alert("x")</script><p>Ja<img src="x.png" alt="Bild">\u200b</p><style>p{}</style>') == "Ja"


def test_plain_survives_broken_html() -> None:
    assert plain("<p>offen <b>fett<p>neu</i> & < ende") == "offen fett\nneu & < ende"


def test_pages_have_title_parents_link_and_date() -> None:
    texts = {"amt": ("Ämter &amp; Co", ""), "amt/bürgerbüro": ("Bürgerbüro", "<p>Im Rathaus</p>")}
    (page,) = pages_of(raw("adorf", "de", texts), "adorf")
    assert (page.title, page.parents) == ("Bürgerbüro", ("Ämter & Co",))
    assert (page.url, page.changed) == ("https://integreat.app/adorf/de/amt/bürgerbüro/", "2026-11-01")


def test_page_links_to_the_public_site() -> None:
    (one,) = raw("adorf", "de", {"hund": TEXTS["hund"]})
    (page,) = pages_of([{**one, "url": "https://admin.integreat-app.de/adorf/de/hund/"}], "adorf")
    assert page.url == "https://integreat.app/adorf/de/hund/"


@pytest.mark.parametrize(
    "change",
    [{"path": "/bdorf/de/hund/"}, {"path": None}, {"url": "javascript:alert(1)"}, {"title": ...}, {"last_updated": "soon"}],
)
def test_pages_that_are_not_what_they_should_be_are_refused(change: dict[str, Any]) -> None:
    (one,) = raw("adorf", "de", {"hund": TEXTS["hund"]})
    broken = {key: value for key, value in {**one, **change}.items() if value is not ...}
    with pytest.raises(BadPages):
        pages_of([broken], "adorf")


def test_half_a_character_is_replaced() -> None:
    (one,) = raw("adorf", "de", {"hund": ("Hund \ud83d", "<p>\ud83d ja</p>")})
    (page,) = pages_of([one], "adorf")
    assert (page.title, page.text) == ("Hund ?", "? ja")


def test_search_finds_page_with_passage_link_and_date() -> None:
    best = Index.build(pages(), Words()).search("Wo melde ich meinen Hund an?", ["de"])[0]
    assert (best.page.title, best.passage) == ("Hund anmelden", "Wer einen Hund hat, meldet ihn beim Steueramt an.")
    assert best.page.url == "https://integreat.app/adorf/de/hund/"


def test_search_by_letters_alone_finds_inflected_words() -> None:
    index = Index.build(pages(), NoEncoder())
    assert index.search("parkausweise", ["de"])[0].page.title == "Parkausweis"


def test_passage_is_contiguous_and_bounded() -> None:
    lines = [f"Absatz {number} über Allerlei und noch mehr Worte, die nichts sagen." for number in range(40)]
    lines[20] = "Die Müllabfuhr kommt am Dienstag in alle Straßen der Stadt."
    texts = {**TEXTS, "muell": ("Abfall", "".join(f"<p>{line}</p>" for line in lines))}
    index = Index.build(pages_of(raw("adorf", "de", texts), "adorf"), Words())
    found = index.search("Wann kommt die Müllabfuhr?", ["de"])[0]
    shown = found.passage.split("\n")
    start = lines.index(shown[0])
    assert shown == lines[start : start + len(shown)]
    assert lines[20] in shown and len(found.passage) <= 620


def test_a_page_in_two_languages_is_found_once_in_the_preferred_one() -> None:
    both = pages() + pages_of(raw("adorf", "en", ENGLISH), "adorf")
    index = Index.build(both, Words())
    hits = index.search("Where do I get a parking permit?", ["en", "de"])
    assert [(hit.page.language, hit.page.title) for hit in hits][0] == ("en", "Parking permit")
    assert sorted(hit.page.name for hit in hits) == [f"/adorf/de/{slug}/" for slug in ("bad", "hund", "parken")]
    assert index.search("Parkausweis", ["de", "en"])[0].page.language == "de"


def test_a_language_without_pages_falls_back_to_those_that_there_are() -> None:
    assert {hit.page.language for hit in Index.build(pages(), Words()).search("Parkausweis", ["ti"])} == {"de"}


def test_regions_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="adorf, bdorf"):
        Index.build(pages("adorf") + pages("bdorf"), Words())
    index = Index.build(pages("adorf"), Words())
    assert {hit.page.region for hit in index.search("Parkausweis", ["de"])} == {"adorf"}


def test_saved_index_is_equal(tmp_path: Path) -> None:
    encoder = Words()
    index = Index.build(pages() + pages_of(raw("adorf", "en", ENGLISH), "adorf"), encoder)
    with (tmp_path / "index.npz").open("wb") as file:
        index.save(file)
    loaded = Index.load(tmp_path / "index.npz", encoder)
    for question, languages in (("Wann öffnet das Schwimmbad?", ["de"]), ("town hall permit", ["en", "de"])):
        assert loaded.search(question, languages) == index.search(question, languages)


def test_index_of_another_encoder_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "index.npz").open("wb") as file:
        Index.build(pages(), Words()).save(file)
    with pytest.raises(ValueError):
        Index.load(tmp_path / "index.npz", NoEncoder())


def test_nothing_is_found_in_an_empty_index() -> None:
    assert Index.build([], Words()).search("Parkausweis", ["de"]) == []


def test_confidence_is_higher_for_what_a_page_answers() -> None:
    index = Index.build(pages(), NoEncoder())
    asked, strange = (index.search(text, ["de"])[0].confidence for text in ("Hund beim Steueramt anmelden", "Quantenphysik"))
    assert 0 <= strange < FOUND < asked <= 1


def learnt(topics: Vectors) -> Neutral:
    """What takes nothing out, exchanges the first two columns of what is not German, and knows these topics."""
    width = len(topics)
    bridge = np.eye(width, dtype=np.float32)[[1, 0, *range(2, width)]]
    return Neutral({}, np.zeros((0, width), dtype=np.float32), bridge, topics, np.zeros(0), np.zeros(3))


def test_question_in_another_language_is_brought_to_where_german_is() -> None:
    one = np.array([[1, 0]], dtype=np.float32)
    found = learnt(np.zeros((2, 0), dtype=np.float32))
    assert [found.questions(one, language).tolist() for language in ("de", "de-simple", "ar")] == [[[1, 0]], [[1, 0]], [[0, 1]]]


def test_page_about_the_topic_of_the_question_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(topics: Vectors) -> str:
        monkeypatch.setattr("bot.retrieval.index.neutral_for", lambda _: learnt(topics))
        return Index.build(pages(), Words()).search("Dackel", ["de"])[0].page.title

    of_animals = Words().encode(["Dackel Hund"]).T
    unknown = np.zeros((len(of_animals), 0), dtype=np.float32)
    assert (first(unknown), first(of_animals)) == ("Schwimmbad", "Hund anmelden")

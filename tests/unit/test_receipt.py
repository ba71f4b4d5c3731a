"""The receipt of consents as a PDF: what was agreed to stands on it in the own language and in German, and nobody's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from actions import runtime as composition
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model.consent import ConsentRecord, Purpose
from actions.runtime import Runtime
from bot.documents.receipt import TEMPLATE, filled
from bot.documents.typesetting import typeset
from bot.nlg import GettextNLG
from tests.dialogue import free_slots, services
from tests.papers import SERVICE, places, read, texts, words

CODE = "7KQM-3XTF-9WDN"
HIDDEN = re.compile("[\u2066-\u2069]")


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    yield services(MemoryLedger(), MemoryBackend(free_slots()))
    composition.use(None)


def granted(runtime: Runtime, language: str = "ar") -> list[ConsentRecord]:
    for purpose in (Purpose.INTAKE, Purpose.INTERPRETER):
        runtime.consents.grant("i1", purpose, language, "web")
    return runtime.ledger.records("i1")


def content(runtime: Runtime, nlg: GettextNLG, language: str, records: list[ConsentRecord]) -> dict[str, Any]:
    paper = runtime.privacy.receipt_paper(records, CODE)
    return filled(paper, partial(nlg.in_columns, language=language), SERVICE)


def test_german_paper_says_what_was_agreed_to_with_whom_since_when_and_how_to_take_it_back(
    runtime: Runtime, nlg: GettextNLG
) -> None:
    text = words(typeset(TEMPLATE, content(runtime, nlg, "de", granted(runtime, "de"))))
    profile = runtime.content.profile
    for expected in (
        "Bestätigung Ihrer Einwilligung (Ihr Ja) Erstellt am Samstag, 21. November 2026 · 10:00",
        f"Ihr Code {CODE}",
        f"Ihr Anliegen weitergeben Ja am Samstag, 21. November 2026 · 10:00. Empfänger: {profile.intake_recipient}",
        f"Empfänger: {profile.interpreter_pool}",
        "Später zurücknehmen Sie können Ihr Ja jederzeit zurücknehmen",
        "Sprache des Textes: Deutsch. Fassung: consent_intake_v3",
        profile.controller.name,
        "Ihre Rechte",
    ):
        assert expected in text
    assert text.index("Ihr Anliegen weitergeben") < text.index("Sprachmittlung anfragen") < text.index("Ihre Rechte")


def test_arabic_stands_right_of_german_and_code_and_times_are_not_turned_round(runtime: Runtime, nlg: GettextNLG) -> None:
    paper = content(runtime, nlg, "ar", granted(runtime))
    pdf = typeset(TEMPLATE, paper)
    text = unicodedata.normalize("NFKC", words(pdf))
    own, german = paper["columns"]
    assert (own["dir"], german["consents"][0]["shown"]) == ("rtl", "Sprache des Textes: Arabisch. Fassung: consent_intake_v3")
    assert (text.count(CODE), text.count("consent_intake_v3")) == (2, 2)
    assert "Ihr Anliegen weitergeben" in text
    said = HIDDEN.sub("", own["consents"][0]["title"])
    assert sorted(word for word in said.split() if word not in text) == []
    (left,) = places(pdf, ["Deutsch"])
    assert left < 100
    assert max(place for place, part in texts(pdf) if re.search("[\u0600-\u06ff]", part)) > 450
    assert not HIDDEN.search(read(pdf).pages[0].extract_text())


def test_withdrawn_consent_says_since_when(runtime: Runtime, nlg: GettextNLG) -> None:
    records = [replace(record, withdrawn_at="2026-11-21T09:30:00Z") for record in granted(runtime)]
    text = words(typeset(TEMPLATE, content(runtime, nlg, "de", records)))
    assert text.count("Zurückgenommen am Samstag, 21. November 2026 · 10:30") == 2
    assert "Ja am" not in text


def test_text_that_has_changed_since_is_not_shown_as_agreed_to(runtime: Runtime, nlg: GettextNLG) -> None:
    records = [replace(record, consent=replace(record.consent, text_hash="0" * 64)) for record in granted(runtime)]
    (column,) = content(runtime, nlg, "de", records)["columns"]
    assert [(consent["title"], consent["rows"]) for consent in column["consents"]] == [
        ("Ihr Anliegen weitergeben", []),
        ("Sprachmittlung anfragen", []),
    ]


def test_language_without_letters_in_the_font_comes_in_german_alone(runtime: Runtime, nlg: GettextNLG) -> None:
    paper = runtime.privacy.receipt_paper(granted(runtime), CODE)

    def in_columns(nodes: Any) -> list[tuple[str, Any]]:
        ((_, german),) = nlg.in_columns(nodes, "de")
        return [("ti", {**german, "texts": {**german["texts"], "receipt": "ምርግጋጽ"}}), ("de", german)]

    assert [column["lang"] for column in filled(paper, in_columns, SERVICE)["columns"]] == ["de"]


def test_paper_is_tagged(runtime: Runtime, nlg: GettextNLG) -> None:
    root = read(typeset(TEMPLATE, content(runtime, nlg, "ar", granted(runtime)))).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"], "/StructTreeRoot" in root) == ("ar", True, True)
    assert b"pdfuaid" in root["/Metadata"].get_data()

"""Days and times, contacts, codes, languages and places in messages."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.entities import entities

TODAY = date(2026, 11, 21)  # a Saturday


def found(text: str, language: str = "de") -> dict[str, str]:
    return {entity["entity"]: entity["value"] for entity in entities(text, language, TODAY)}


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("morgen um 10 Uhr", "de", "2026-11-22T10:00/2026-11-23T00:00"),
        ("am Dienstag vormittag", "de", "2026-11-24T08:00/2026-11-24T12:00"),
        ("next tuesday", "en", "2026-11-24T00:00/2026-11-25T00:00"),
        ("tomorrow 3pm", "en", "2026-11-22T15:00/2026-11-23T00:00"),
        ("غدا صباحا", "ar", "2026-11-22T08:00/2026-11-22T12:00"),
        ("salı günü", "tr", "2026-11-24T00:00/2026-11-25T00:00"),
        ("завтра", "uk", "2026-11-22T00:00/2026-11-23T00:00"),
        ("в пятницу", "ru", "2026-11-27T00:00/2026-11-28T00:00"),
        ("فردا", "fa", "2026-11-22T00:00/2026-11-23T00:00"),
        ("demain", "fr", "2026-11-22T00:00/2026-11-23T00:00"),
        ("24.11.", "de", "2026-11-24T00:00/2026-11-25T00:00"),
        ("am 3.2.", "de", "2027-02-03T00:00/2027-02-04T00:00"),
        ("guten Morgen", "de", None),
        ("31.2.", "de", None),
    ],
)
def test_time_is_an_interval_of_local_time(text: str, language: str, time: str | None) -> None:
    assert found(text, language).get("time") == time


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("ruf an 0211 1234567", "phone", "+492111234567"),
        ("+49 (0)151 23456789 danke", "phone", "+4915123456789"),
        ("٠٢١١ ١٢٣٤٥٦٧", "phone", "+492111234567"),
        ("schreib an maria.muster@example.org!", "email", "maria.muster@example.org"),
        ("ich wohne in 40210", "postal_code", "40210"),
        ("mein code ist 7kqm-3xtf-9wdn", "case_code", "7kqm-3xtf-9wdn"),
        ("Arabisch bitte", "language", "ar"),
        ("kurdî", "language", "kmr"),
        ("я розмовляю українською", "language", "uk"),
        ("ich wohne in Bilk", "place", "Bilk"),
        ("eine Wohnung in Düsseldorf Bilk", "place", "Bilk"),
        ("ich wohne in Neuss", "place", "Neuss"),
        ("ich ziehe von Neuss nach Garath", "place", "Garath"),
        ("Wohnung in Düsseldorf", "municipality", "Düsseldorf"),
        ("von Köln nach Düsseldorf", "municipality", "Düsseldorf"),
    ],
)
def test_entity_of_a_message(text: str, name: str, value: str) -> None:
    assert found(text)[name] == value


@pytest.mark.parametrize(
    "text", ["", "Ich habe 3 Kinder", "123", "a@b", "Ich suche Arbeit", "15000 Euro", "€ 15000", "15000,50 €", "долг 20000 евро"]
)
def test_nothing_is_made_up(text: str) -> None:
    assert found(text) == {}

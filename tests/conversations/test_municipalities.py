"""Three municipalities side by side, one model: each answers with offices of its own; and what was said of a place is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.stack import ROOT, Stack, free_port
from tests.conversations.client import Person


def towns(tenant: str) -> set[str]:
    """The towns in which the offices of a municipality lie."""
    data = yaml.safe_load((ROOT / f"data/municipalities/{tenant}/directory.yml").read_text(encoding="utf-8"))
    return {location["address"]["city"] for location in data["locations"]}


def answers(running: Stack) -> dict[str, list[dict[str, Any]]]:
    """The offices of every topic, found by tapping: one person for each area of life, as the limit of messages wants it."""
    found = {}
    for number in range(len(areas(Person(running.chat_url, "de")))):
        person = Person(running.chat_url, "de")
        person.take(areas(person)[number])
        for topic in [choice for choice in person.choices if choice.get("icon") != "back"]:
            (answer,) = person.take(topic)
            found[answer["args"]["topic"]] = answer["card"]["offices"]
    return found


def areas(person: Person) -> list[dict[str, Any]]:
    """The areas of life that are offered."""
    person.command("menu")
    person.tap(6)
    return [choice for choice in person.choices if choice.get("icon") not in ("pin", "back")]


def book(person: Person) -> str:
    """Personal help as far as a time that is held; what is read before it is confirmed."""
    person.tell_needs()
    for _ in range(2):
        person.tap(1)
    person.say("Maria Muster")
    person.say("0211 1234567")
    person.tap_none()
    person.tap(3)
    for _ in range(3):
        person.tap(1)
    assert person.responses == ["utter_ask_booking__slot"]
    person.tap(1)
    assert person.responses == ["utter_ask_booking__confirmed"]
    return str(person.last[0]["text"])


def check(running: Stack) -> None:
    here, offices = towns(running.municipality), answers(running)
    assert len(offices) == 25
    assert {topic for topic, places in offices.items() if not places or {place["city"] for place in places} - here} == set()
    held = book(Person(running.chat_url, "de"))
    assert [town for town in here if town in held] != []


def test_the_first_municipality_answers_and_books_at_its_own_offices(stack: Stack) -> None:
    check(stack)


@pytest.mark.parametrize("tenant", ["warendorf", "koeln"])
def test_another_municipality_answers_and_books_at_its_own_offices(tenant: str, tmp_path: Path) -> None:
    ports = {name: free_port() for name in ("bot", "actions", "backend")}
    with Stack(tmp_path, ports=ports, municipality=tenant) as running:
        check(running)


def first_office(person: Person) -> dict[str, Any]:
    office: dict[str, Any] = person.last[0]["card"]["offices"][0]
    return office


def test_a_place_is_remembered_shown_replaced_and_forgotten(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say("Wie finde ich eine Wohnung in Garath?")
    person.say("Wo ist der nächste Welcome Point?")
    south = first_office(person)["name"]
    person.say("Wie finde ich eine Wohnung in 40472?")
    person.say("Wo ist der nächste Welcome Point?")
    assert first_office(person)["name"] != south
    (known,) = person.say("Welche Daten haben Sie über mich gespeichert?")
    assert [(row["label"], row["value"].strip("\u2068\u2069")) for row in known["card"]["rows"]] == [("Ihr Ort", "40472")]
    person.say("Löschen Sie bitte alle meine Daten")
    person.tap(1)
    person.say("Was wissen Sie über mich?")
    assert person.responses == ["utter_privacy_export_nothing"]


def test_the_next_person_is_told_nothing_of_the_place(stack: Stack) -> None:
    Person(stack.chat_url, "de").say("Wie finde ich eine Wohnung in Garath?")
    following = Person(stack.chat_url, "de")
    following.say("Was wissen Sie über mich?")
    assert following.responses == ["utter_privacy_export_nothing"]


def test_somebody_from_elsewhere_gets_a_pointer_until_living_here(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    (answer,) = person.say("Wie finde ich eine Wohnung in Neuss?")
    assert (answer["card"]["offices"], answer["card"]["elsewhere"]["url"][:8]) == ([], "https://")
    person.command("menu")
    person.tap(2)
    assert person.last[0]["card"]["offices"] == []
    person.take(next(choice for choice in person.choices if choice["title"].startswith("Ich wohne hier")))
    assert (person.responses, person.last[0]["args"]["topic"]) == (["utter_orientation_topic"], "german_course")
    assert first_office(person)["city"] == "Düsseldorf"


def test_nothing_of_a_form_is_remembered_as_a_place(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say("Ich brauche persönliche Hilfe")
    person.tap(1)
    person.tap_several([1, 3])
    person.tap_none()
    person.say("Eine Wohnung in Bilk für meine Familie")
    (known,) = person.say("Welche Daten haben Sie über mich gespeichert?")
    assert "Ihr Ort" not in [row["label"] for row in known["card"]["rows"]]

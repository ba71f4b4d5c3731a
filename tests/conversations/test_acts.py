"""Acts that steer the conversation, in German; that they are understood in every language is measured elsewhere."""

from __future__ import annotations

import pytest

from scripts.stack import Stack
from tests.conversations.client import Person


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("Sind Sie ein Roboter?", "utter_challenge_bot"),
        ("Ich möchte mich über die Ausländerbehörde beschweren", "utter_complain"),
        ("Wo ist der nächste Welcome Point?", "utter_find_welcome_point"),
        ("Ich brauche einen Dolmetscher für Arabisch beim Termin", "utter_request_interpreter"),
        ("Ich schreibe für meinen Nachbarn, er braucht Hilfe", "utter_refer_someone"),
        ("Löschen Sie bitte alle meine Daten", "utter_privacy_no_consents"),
        ("Ich nehme meine Einwilligung zurück", "utter_privacy_no_consents"),
        ("Was wissen Sie über mich?", "utter_privacy_export_nothing"),
        ("Wann ist mein Termin?", "utter_ask_handoff__status_code"),
        ("Ich kann nicht kommen, bitte den Termin absagen", "utter_ask_handoff__status_code"),
    ],
)
def test_an_act_is_answered(stack: Stack, text: str, response: str) -> None:
    person = Person(stack.chat_url, "de")
    person.say(text)
    assert person.responses == [response]


def test_say_it_again_says_the_last_answer_again(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    first = person.say("Wie finde ich eine Wohnung?")
    again = person.say("Können Sie das bitte wiederholen?")
    assert [(message["response"], message["card"]) for message in again] == [(m["response"], m["card"]) for m in first]


def test_gibberish_leads_to_the_languages_then_to_a_person(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say("xkcd qwrtz pfff")
    assert person.responses[0] in ("utter_language_unrecognised", "utter_meaning")
    person.say("wqertzuiop hjkl")
    assert person.responses == ["utter_fallback_human"]


def test_what_is_known_is_shown_and_dropped_after_a_yes(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.tell_needs()
    (known,) = person.say("Welche Daten haben Sie über mich gespeichert?")
    assert known["response"] == "utter_privacy_export"
    assert "Eine Wohnung für meine Familie" in [row["value"].strip("\u2068\u2069") for row in known["card"]["rows"]]
    person.tap(2)
    assert person.responses == ["utter_privacy_forget_ask"]
    person.tap(1)
    assert person.responses == ["utter_privacy_forgotten"]
    person.say("Was wissen Sie über mich?")
    assert person.responses == ["utter_privacy_export_nothing"]


def test_keeping_the_answers_leads_back_to_the_question(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.tell_needs()
    person.say("Löschen Sie alle meine Daten")
    assert person.responses == ["utter_privacy_forget_ask"]
    person.tap(2)
    assert person.responses == ["utter_ask_consent"]


def test_topics_are_found_by_area_of_life(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.command("menu")
    person.tap(6)
    assert person.responses == ["utter_orientation_areas"]
    person.tap(1)
    assert person.responses == ["utter_orientation_topics"]
    person.tap(1)
    assert person.responses == ["utter_orientation_topic"]

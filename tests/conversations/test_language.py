"""Writing in another language than the chosen one: offered once, never switched unasked, nothing lost."""

from __future__ import annotations

from scripts.stack import Stack
from tests.conversations.client import Person

ARABIC = "كيف أجد شقة لعائلتي في المدينة؟"


def test_another_language_is_offered_once_in_that_language(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    answer, offer = person.say(ARABIC)
    assert (answer["response"], answer["lang"]) == ("utter_orientation_topic", "de")
    assert (offer["response"], offer["lang"], offer["dir"]) == ("utter_language_offer", "ar", "rtl")
    assert [choice["title"] for choice in offer["choices"]] == ["العربية", "Deutsch"]
    person.say("أبحث عن عمل في مطعم")
    assert "utter_language_offer" not in person.responses


def test_the_offered_language_is_taken_by_a_tap(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say(ARABIC)
    (changed,) = person.tap(1)
    assert (changed["response"], changed["lang"]) == ("utter_language_changed", "ar")
    (answer,) = person.say(ARABIC)
    assert (answer["response"], answer["lang"]) == ("utter_orientation_topic", "ar")


def test_staying_is_one_tap_too(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say(ARABIC)
    (menu,) = person.tap(2)
    assert (menu["response"], menu["lang"]) == ("utter_menu", "de")


def test_a_language_that_is_not_offered_leads_to_those_that_are(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    person.say("Dobrý den, hledám byt pro svou rodinu a nevím, kam se obrátit")
    assert person.responses[-1] == "utter_language_unsupported"
    assert {choice["title"] for choice in person.last[-1]["choices"]} >= {"Deutsch", "العربية", "Türkçe"}


def test_a_crisis_is_answered_in_the_language_it_was_written_in(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    answer = person.say("لا أريد أن أعيش بعد الآن وسأقتل نفسي")[0]
    assert (answer["response"], answer["lang"]) == ("utter_crisis_suicide", "ar")
    assert answer["card"]["numbers"][0]["tel"] == "112"


def test_a_typed_language_name_changes_it(stack: Stack) -> None:
    person = Person(stack.chat_url, "de")
    (changed,) = person.say("türkçe")
    assert (changed["response"], changed["lang"]) == ("utter_language_changed", "tr")

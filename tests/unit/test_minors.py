"""Who says to be under 18 gets people at once: no question, no consent, nothing kept; and goes on asking what they like."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model import slots
from actions.model.intake import intake_id_for
from tests.dialogue import Talk
from tests.ways import CANARY, agree, begin, book, submit

PEOPLE = ["utter_counselling_minor", "utter_counselling_minor_where"]


def explained(talk: Talk) -> None:
    talk.tap("/start_counselling")


def named(talk: Talk) -> None:
    begin(talk)
    talk.answer("yes")
    talk.answer("yes")
    talk.say(f"Anna {CANARY}")


def read_back(talk: Talk) -> None:
    begin(talk)
    agree(talk)


def booked(talk: Talk) -> None:
    read_back(talk)
    book(talk)


STAGES = [explained, begin, named, read_back, booked]


@pytest.mark.parametrize("reach", STAGES)
@pytest.mark.parametrize("intent", ["my_age", "nlu_fallback", "affirm", "ask_housing"])
def test_at_every_stage_the_form_ends_and_nothing_is_kept(
    talk: Talk, ledger: MemoryLedger, backend: MemoryBackend, reach: Callable[[Talk], None], intent: str
) -> None:
    reach(talk)
    assert talk.say("Ich bin 16 Jahre alt", intent) == PEOPLE
    assert (talk.loop, backend.intakes, CANARY in str(talk.slots)) == (None, {}, False)
    assert [appointment.state for _, appointment in backend.appointments.values()] in ([], ["cancelled"])
    assert ledger.consents(intake_id_for(talk.sender, 0)) == []


@pytest.mark.parametrize("reach", STAGES)
def test_the_button_does_the_same(talk: Talk, reach: Callable[[Talk], None]) -> None:
    reach(talk)
    assert talk.tap('/my_age{"age": "under_18"}') == PEOPLE
    assert (talk.loop, CANARY in str(talk.slots)) == (None, False)


def test_the_button_is_offered_where_counselling_is_explained(talk: Talk) -> None:
    talk.tap("/start_counselling")
    assert '/my_age{"age": "under_18"}' in talk.newest


def test_the_offices_are_those_for_young_people(talk: Talk) -> None:
    talk.say("ich bin 15", "my_age")
    names = [office["name"] for office in talk.said[1][1]["card"]["offices"]]
    assert names[:2] == ["Jugendmigrationsdienst (JMD)", "Jugendamt"]


@pytest.mark.parametrize("way", ["/start_counselling", "/book_appointment"])
def test_who_said_it_before_is_asked_nothing(talk: Talk, way: str) -> None:
    assert talk.say("Ich bin 17 und suche eine Ausbildung", "ask_vocational_training") == ["utter_orientation_topic"]
    assert talk.tap(way) == PEOPLE
    assert talk.tap("/ask_housing") == ["utter_orientation_topic"]


def test_who_is_not_understood_otherwise_is_heard_in_this(talk: Talk) -> None:
    assert talk.say("Hmpf. Ich bin 15 und so") == PEOPLE


def test_a_crisis_comes_first_and_no_form_after_it(talk: Talk) -> None:
    begin(talk)
    assert talk.say("Ich bin 15 und mein Vater schlägt mich", "crisis_child") == ["utter_crisis_child"]
    assert talk.tap("/resume") == PEOPLE


def test_the_age_of_a_child_leaves_the_form_open(talk: Talk) -> None:
    talk.tap("/start_counselling")
    talk.answer("yes")
    talk.answer("housing")
    talk.answer("nobody")
    assert talk.say("Mein Sohn ist 16 und braucht eine Schule") == ["utter_ask_consent"]


def test_who_is_18_after_all_goes_on(talk: Talk) -> None:
    talk.tap('/my_age{"age": "under_18"}')
    assert talk.tap('/my_age{"age": "adult"}') == ["utter_ask_counselling__begin"]
    talk.answer("yes")
    assert talk.loop == "counselling_form"


def test_a_code_may_be_asked_for_at_any_age(talk: Talk) -> None:
    code = submit(talk)
    talk.slots[slots.CODE] = None
    talk.say("ich bin 16", "my_age")
    assert talk.tap("/ask_case_status") == ["utter_ask_handoff__status_code"]
    assert talk.say(code, "ask_case_status") == ["utter_status"]


def test_age_is_exported_and_erased(talk: Talk) -> None:
    talk.say("ich bin 16", "my_age")
    assert talk.tap("/export_my_data") == ["utter_privacy_export"]
    assert [row["value"] for row in talk.said[0][1]["card"]["rows"]] == [{"$own": "< 18"}]
    talk.tap("/delete_my_data")
    talk.tap("/confirm_forgetting")
    assert talk.slots.get(slots.AGE) is None

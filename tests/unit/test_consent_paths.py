"""No path through the dialogue reaches a personal question, an appointment or a hand-over without its consent.

Random moves over the real actions and rules: typed words of any meaning, any choice that was ever on the screen (also one that
is long gone from it), a backend that comes and goes.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import runtime as composition
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model import slots
from actions.model.consent import Purpose
from actions.model.intake import intake_id_for
from actions.model.leitfaden import Leitfaden
from actions.model.questions import Journey
from tests.dialogue import Talk, free_slots, leitfaden, rules, run_worker, services

INTAKE, APPOINTMENT = {Purpose.INTAKE}, {Purpose.INTAKE, Purpose.APPOINTMENT}
NEEDS = {
    slots.NAME: INTAKE,
    slots.CONTACT: INTAKE,
    slots.MODULES: INTAKE,
    "intake__going_well": INTAKE,
    "intake__can_do": INTAKE,
    "intake__wish": INTAKE,
    "intake__household_adults": INTAKE,
    "intake__household_children": INTAKE,
    "intake__residence_title": INTAKE,
    slots.INTERPRETER_LANGUAGE: INTAKE,
    slots.INTERPRETER_NEEDED: APPOINTMENT,
    slots.READBACK: INTAKE,
    slots.BOOKING_SLOT: APPOINTMENT,
    slots.BOOKING_CONFIRMED: APPOINTMENT,
}
"""Written down here once more, independently of the code that decides what is asked."""
ASKED = {f"utter_ask_{slot}": needed for slot, needed in NEEDS.items()}
ASKED |= {"utter_booking_no_slots": APPOINTMENT, "utter_booking_unavailable": APPOINTMENT}

NOT_FOR_MINORS = {"utter_ask_consent", *(f"utter_ask_{slot}" for slot in (slots.BEGIN, slots.AREAS, slots.HELPERS, slots.GOAL))}

WORDS = [
    "Ich bin 16",
    "Ja",
    "Nein",
    "Anna Beispiel",
    "0211 1234567",
    "Arabisch",
    "Eine Wohnung für uns",
    "Was passiert damit?",
    "1",
    "…",
]
INTENTS = sorted({*rules(), "affirm", "deny", "nlu_fallback"})
# Forward more often than anywhere, or the random walk would seldom come far.
FORWARD = st.tuples(st.just("newest"), st.integers(0, 3))
# Taps of "my data", also where they are not on the screen: more than a person can do.
PRIVACY = st.sampled_from(
    [f'/my_data{{"choice": "{choice}"}}' for choice in ("do:here:intake", "do:here:appointment", "do:here:interpreter", "notice")]
    + ['/my_data{"choice": "on:statistics"}', '/my_data{"choice": "off:statistics"}']
    + ["/withdraw_consent", "/delete_my_data", "/confirm_forgetting", "/resume", "/start_counselling"]
)
SAID = st.tuples(st.sampled_from(WORDS), st.sampled_from(INTENTS), st.sampled_from([0.3, 0.6, 0.9]))
MOVE = st.one_of(
    FORWARD,
    FORWARD,
    FORWARD,
    st.tuples(st.just("any"), st.integers(0, 200)),
    st.tuples(st.just("say"), SAID),
    st.tuples(st.just("tap"), PRIVACY),
    st.tuples(st.just("tap"), PRIVACY),
    st.tuples(st.just("backend"), st.booleans()),
)
START = ["/start_counselling", '/answer{"choice": "yes"}', '/answer{"choice": "housing"}', '/answer{"choice": "nobody"}']
GRANTED = ["/skip_question", *['/answer{"choice": "yes"}'] * 2, "/skip_question", "/skip_question"]
OPENED = [*GRANTED, '/answer{"choice": ["resources", "household"]}']
FURTHER = [*GRANTED, '/answer{"choice": "none"}', "/skip_question", '/answer{"choice": "ar"}']
REFUSED = ["/skip_question", '/answer{"choice": "yes"}', '/answer{"choice": "no"}', *["/skip_question"] * 5]
BOOKED = [*['/answer{"choice": "yes"}'] * 3, '/answer{"choice": "s0"}']


def curious() -> Leitfaden:
    """All modules and a sensitive question: the most that a municipality may ask."""
    return leitfaden().adapted({"resources": True, "household": True}, {"residence_title": "Die Fachkraft bereitet sich vor."})


def granted(ledger: MemoryLedger, case: str) -> set[Purpose]:
    return {consent.purpose for consent in ledger.consents(case)}


def check(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend, case: str) -> None:
    for response, _ in talk.said:
        assert granted(ledger, case) >= ASKED.get(response, set()), (response, granted(ledger, case))
    if talk.slots.get(slots.AGE) == slots.UNDER_18:
        assert {*talk.responses} & {*ASKED, *NOT_FOR_MINORS} == set(), "a minor is asked"
    for sent, document in backend.intakes.items():
        assert backend.down or Purpose.INTAKE in granted(ledger, sent), "a case without its consent"
        assert {consent["purpose"] for consent in document["consents"]} >= {"intake"}
    for sent, booked in backend.appointments.values():
        # A hold that could not be given back runs out by itself.
        agreed = booked.state not in ("provisional", "confirmed") or granted(ledger, sent) >= APPOINTMENT
        assert backend.down or agreed, "an appointment without its consent"


def play(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend, move: tuple[str, Any]) -> None:
    kind, what = move
    if kind == "backend":
        backend.down = what
        run_worker(ledger, backend)
    elif kind == "say":
        talk.say(*what)
    else:
        choices = talk.newest if kind == "newest" else talk.offered
        talk.tap(choices[what % len(choices)] if choices else "/start_counselling")


@pytest.mark.parametrize(
    "start",
    [[], START, START + REFUSED, START + OPENED, START + FURTHER, START + FURTHER + BOOKED],
    ids=["begin", "consent", "no_appointment", "modules", "interpreter", "booked"],
)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(MOVE, max_size=25))
def test_no_path_reaches_a_personal_question_without_its_consent(start: list[str], moves: list[tuple[str, Any]]) -> None:
    ledger, backend = MemoryLedger(), MemoryBackend(free_slots())
    talk = Talk(services(ledger, backend, curious()))
    try:
        for move in [("tap", payload) for payload in start] + moves:
            case = intake_id_for(talk.sender, int(talk.slots.get(slots.RUN) or 0))
            if move[0] == "tap":
                talk.tap(move[1])
            else:
                play(talk, ledger, backend, move)
            assert backend.down or "utter_technical_problem" not in talk.responses
            check(talk, ledger, backend, case)
    finally:
        composition.use(None)


def test_the_starts_reach_what_they_are_named_after() -> None:
    talk = Talk(services(MemoryLedger(), MemoryBackend(free_slots()), curious()))
    reached = [talk.tap(payload)[-1] for payload in START + FURTHER + BOOKED]
    other = Talk(services(MemoryLedger(), MemoryBackend(free_slots()), curious()), "other")
    opened = [other.tap(payload)[-1] for payload in START + OPENED]
    composition.use(None)
    assert (reached[3], reached[11], reached[-1], opened[-1]) == (
        "utter_ask_counselling__goal",
        "utter_ask_interpreter__needed",
        "utter_ask_booking__confirmed",
        "utter_ask_intake__going_well",
    )


def test_every_personal_question_is_watched() -> None:
    assert set(NEEDS) == {question.slot for question in Journey(curious()).questions if question.personal}

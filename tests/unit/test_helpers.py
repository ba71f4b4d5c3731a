"""Who writes for another person: nothing without that person, and the "yes" is the person's own."""

from __future__ import annotations

from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model import slots
from actions.model.intake import intake_id_for
from tests.dialogue import Talk
from tests.ways import CANARY, agree, begin, book, submit

PRESENT, ABSENT, SELF = (f'/writing_for{{"choice": "{who}"}}' for who in ("present", "absent", "self"))


def written_by(backend: MemoryBackend) -> list[str]:
    return [document["written_by"] for document in backend.intakes.values()]


def with_a_helper(talk: Talk) -> None:
    """Up to the first consent."""
    assert talk.tap(PRESENT) == ["utter_ask_counselling__begin"]
    talk.answer("yes")
    talk.answer("housing")
    talk.answer("nobody")
    assert talk.say(f"Eine Wohnung für {CANARY}") == ["utter_consent_helper", "utter_ask_consent"]


def test_whoever_helps_is_asked_where_the_person_is(talk: Talk) -> None:
    assert talk.say("Ich frage für meinen Nachbarn", "refer_someone") == ["utter_refer_someone"]
    assert talk.newest[:3] == [PRESENT, ABSENT, SELF]
    talk.tap("/start_counselling")
    assert "/refer_someone" in talk.newest
    assert talk.tap("/refer_someone") == ["utter_refer_someone"]
    assert talk.tap("/resume") == ["utter_ask_counselling__begin"]


def test_with_the_person_there_the_hand_over_says_who_typed(talk: Talk, backend: MemoryBackend) -> None:
    with_a_helper(talk)
    agree(talk)
    book(talk)
    talk.answer("yes")
    assert written_by(backend) == ["helper"]
    submit(talk, "s1")
    assert written_by(backend) == ["helper", "person"]


def test_of_an_absent_person_nothing_is_kept(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    talk.tap("/refer_someone")
    assert talk.tap(ABSENT) == ["utter_refer_absent"]
    assert talk.said[0][1]["card"]["offices"][0]["name"].startswith("Welcome Point")
    assert (talk.loop, CANARY in str(talk.slots), backend.intakes) == (None, False, {})
    assert ledger.consents(intake_id_for(talk.sender, 0)) == []


def test_a_yes_said_before_the_person_was_there_does_not_count(talk: Talk, ledger: MemoryLedger) -> None:
    begin(talk)
    agree(talk)
    talk.tap("/refer_someone")
    with_a_helper(talk)
    assert [ledger.consents(intake_id_for(talk.sender, run)) for run in (0, 1)] == [[], []]


def test_who_writes_for_themselves_after_all_is_asked_as_anybody(talk: Talk, backend: MemoryBackend) -> None:
    talk.tap(PRESENT)
    assert talk.tap(SELF) == ["utter_ask_counselling__begin"]
    talk.answer("yes")
    talk.answer("housing")
    talk.answer("nobody")
    assert talk.say("Eine Wohnung") == ["utter_ask_consent"]
    agree(talk)
    book(talk)
    talk.answer("yes")
    assert written_by(backend) == ["person"]


def test_a_helper_is_forgotten_with_the_answers(talk: Talk) -> None:
    with_a_helper(talk)
    talk.tap("/delete_my_data")
    talk.tap("/confirm_forgetting")
    assert talk.slots.get(slots.WRITER) is None

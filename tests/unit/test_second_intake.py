"""Several requests in one conversation: each its own number, its own code, its own hand-over; none is taken for a repetition."""

from __future__ import annotations

from actions.adapters.memory import MemoryBackend
from tests.dialogue import Talk
from tests.ways import agree, begin, book, submit, told


def goals(backend: MemoryBackend) -> int:
    """How many requests have arrived, counted by their numbers and their content."""
    return len({document["external_id"] for document in backend.intakes.values() if document["needs"]["goal"]["original"]})


def test_a_second_request_after_a_submitted_one_is_another_one(talk: Talk, backend: MemoryBackend) -> None:
    first = submit(talk)
    assert (submit(talk, "s1") != first, goals(backend), len(backend.appointments)) == (True, 2, 2)


def test_a_request_after_the_first_one_was_erased_is_another_one(talk: Talk, backend: MemoryBackend) -> None:
    first = submit(talk)
    talk.tap("/delete_my_data")
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert (submit(talk) != first, goals(backend)) == (True, 1)


def test_a_request_after_an_unfinished_one_was_erased_arrives(talk: Talk, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    talk.tap("/delete_my_data")
    talk.tap("/confirm_forgetting")
    submit(talk)
    assert goals(backend) == 1


def test_a_request_in_a_new_session_is_another_one(talk: Talk, backend: MemoryBackend) -> None:
    first = submit(talk)
    talk.new_session()
    assert (submit(talk, "s1") != first, goals(backend)) == (True, 2)


def test_who_writes_in_a_new_session_sees_nothing_of_the_one_before(talk: Talk) -> None:
    submit(talk)
    talk.new_session()
    assert talk.tap("/export_my_data") == ["utter_privacy_export_nothing"]
    assert talk.tap("/withdraw_consent") == ["utter_privacy_no_consents"]
    begin(talk)
    agree(talk)
    talk.new_session()
    assert talk.tap("/withdraw_consent") == ["utter_privacy_no_consents"]


def test_a_request_whose_last_step_was_lost_and_which_was_taken_back_leaves_room_for_another(
    talk: Talk, backend: MemoryBackend
) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    lost = dict(talk.slots)
    talk.answer("yes")
    talk.slots, talk.loop = lost, "booking_form"
    assert talk.tap('/my_data{"choice": "do:sent:intake"}') == ["utter_privacy_withdrawn"]
    assert told(talk)["case"] == "deleted"
    submit(talk)
    assert goals(backend) == 1

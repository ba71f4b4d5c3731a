"""Withdrawing and erasing at every stage: what is said before, what is done, and one result per system."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from actions import runtime as composition
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model import slots
from actions.model.appointment import CaseStatus
from actions.model.consent import Purpose, Withdrawal
from actions.model.errors import StatusNotTold, WithdrawalImpossible
from tests.dialogue import Talk, free_slots, run_worker, services
from tests.ways import CANARY, agree, begin, book, submit, told, without_appointment


class Teller(MemoryBackend):
    """A recipient that gets messages and says nothing, as behind a webhook."""

    withdrawal = Withdrawal.TELLS

    async def status(self, external_id: str) -> CaseStatus:
        raise StatusNotTold(external_id)

    async def withdraw(self, external_id: str, purpose: Purpose) -> dict[str, str]:
        self._reach()
        return {"case": "told"}


class Unreachable(MemoryBackend):
    """A recipient that takes intakes and cannot be told that one is withdrawn."""

    withdrawal = Withdrawal.IMPOSSIBLE

    async def withdraw(self, external_id: str, purpose: Purpose) -> dict[str, str]:
        raise WithdrawalImpossible


def traces(*places: Any) -> str:
    return json.dumps([str(vars(place)) for place in places], ensure_ascii=False)


def test_before_any_consent_there_is_nothing_to_withdraw_but_answers_to_delete(talk: Talk) -> None:
    begin(talk)
    assert talk.say("Ich nehme mein Ja zurück", "withdraw_consent") == ["utter_privacy_no_consents"]
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert told(talk) == {"answers": "will_deleted"}
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert told(talk) == {"answers": "deleted"}
    assert CANARY not in str(talk.slots)


def test_during_the_intake_the_consents_end_and_the_held_time_is_free_again(
    talk: Talk, ledger: MemoryLedger, backend: MemoryBackend
) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    case = next(iter(backend.appointments.values()))[0]
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert told(talk) == {"answers": "will_deleted", "appointment": "will_cancelled True", "interpreter": "will_cancelled"}
    talk.tap("/confirm_forgetting")
    assert told(talk) == {
        "consent": "withdrawn",
        "answers": "deleted",
        "appointment": "cancelled True",
        "interpreter": "cancelled",
    }
    assert (ledger.consents(case), backend.intakes) == ([], {})
    assert [held.state for _, held in backend.appointments.values()] == ["cancelled"]
    assert CANARY not in str(talk.slots) + traces(ledger, backend)


def test_after_hand_over_everything_is_erased_and_every_system_tells_its_result(
    talk: Talk, ledger: MemoryLedger, backend: MemoryBackend
) -> None:
    submit(talk)
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert told(talk) == {"case": "will_deleted", "appointment": "will_cancelled True", "interpreter": "will_cancelled"}
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert told(talk) == {
        "consent": "withdrawn",
        "case": "deleted",
        "appointment": "cancelled True",
        "interpreter": "cancelled",
    }
    assert backend.intakes == {}
    assert CANARY not in str(talk.slots) + traces(ledger, backend)


def test_from_another_phone_the_code_is_enough(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    code = submit(talk)
    other = Talk(services(ledger, backend), sender="another phone")
    assert other.say("Ich ziehe meine Einwilligung zurück", "withdraw_consent") == ["utter_privacy_no_consents"]
    assert other.tap('/my_data{"choice": "code:withdraw"}') == ["utter_ask_handoff__status_code"]
    assert other.say(code) == ["utter_privacy_consents"]
    assert other.tap('/my_data{"choice": "ask:sent:intake"}') == ["utter_privacy_withdraw_ask"]
    assert told(other)["appointment"] == "will_cancelled True"
    assert other.tap('/my_data{"choice": "do:sent:intake"}') == ["utter_privacy_withdrawn"]
    assert backend.intakes == {}
    assert other.say(f"Was wurde aus {code}", "ask_case_status") == ["utter_status"]
    assert other.said[0][1]["state"] == "withdrawn"


def test_a_code_in_the_message_is_enough_too(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    code = submit(talk)
    other = Talk(services(ledger, backend), sender="another phone")
    assert other.say(f"Löschen Sie {code}", "delete_my_data") == ["utter_privacy_forget_ask"]
    assert other.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert backend.intakes == {}


def test_appointment_alone_is_taken_back_and_the_request_stays(talk: Talk, backend: MemoryBackend) -> None:
    submit(talk)
    talk.tap('/my_data{"choice": "ask:sent:appointment"}')
    assert told(talk) == {"case": "stays", "appointment": "will_cancelled True", "interpreter": "will_cancelled"}
    talk.tap('/my_data{"choice": "do:sent:appointment"}')
    assert told(talk) == {
        "consent": "withdrawn",
        "case": "stays",
        "appointment": "cancelled True",
        "interpreter": "cancelled",
    }
    assert len(backend.intakes) == 1


def test_interpreter_alone_is_taken_back_and_the_appointment_stays(talk: Talk, backend: MemoryBackend) -> None:
    submit(talk)
    talk.tap('/my_data{"choice": "do:sent:interpreter"}')
    assert told(talk) == {"consent": "withdrawn", "case": "stays", "appointment": "stays True", "interpreter": "cancelled"}
    assert [(held.state, held.slot.interpreter) for _, held in backend.appointments.values()] == [("confirmed", "not_needed")]


def test_appointment_taken_back_on_the_way_leads_on_without_one(talk: Talk, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    assert talk.tap('/my_data{"choice": "do:here:appointment"}') == ["utter_privacy_withdrawn"]
    assert talk.tap("/start_counselling") == ["utter_ask_handoff__readback"]
    assert talk.answer("yes") == ["utter_handoff_receipt"]
    (document,) = backend.intakes.values()
    assert ([consent["purpose"] for consent in document["consents"]], document["appointment_wish"]) == (["intake"], False)


def test_going_back_from_a_held_time_gives_it_back(talk: Talk, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    assert talk.tap("/go_back") == ["utter_ask_booking__slot"]
    assert [held.state for _, held in backend.appointments.values()] == ["cancelled"]


def test_undelivered_is_stopped_and_destroyed_and_never_arrives(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    backend.down = True
    assert talk.answer("yes") == ["utter_handoff_receipt_pending"]
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert told(talk) == {"case": "will_deleted", "appointment": "will_later", "interpreter": "will_cancelled"}
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_later"]
    assert told(talk) == {
        "consent": "withdrawn",
        "transit": "stopped",
        "case": "later",
        "appointment": "later",
        "interpreter": "later",
    }
    assert CANARY not in traces(ledger, backend)
    backend.down = False
    run_worker(ledger, backend)
    assert (backend.intakes, [held.state for _, held in backend.appointments.values()]) == ({}, ["cancelled"])


def test_backend_down_is_told_and_done_later_once(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    submit(talk)
    backend.down = True
    talk.tap("/delete_my_data")
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_later"]
    assert talk.tap("/delete_my_data") == ["utter_privacy_no_consents"]
    backend.down = False
    calls: list[str] = []
    withdraw = backend.withdraw

    async def counted(external_id: str, purpose: Purpose) -> Any:
        calls.append(purpose.value)
        return await withdraw(external_id, purpose)

    backend.withdraw = counted  # type: ignore[method-assign]
    run_worker(ledger, backend)
    assert (calls, backend.intakes) == (["intake"], {})
    assert CANARY not in traces(ledger, backend)


def test_withdrawn_request_can_be_followed_by_a_new_one(talk: Talk, backend: MemoryBackend) -> None:
    submit(talk)
    talk.tap("/delete_my_data")
    talk.tap("/confirm_forgetting")
    submit(talk)
    assert len(backend.intakes) == 1


def test_withdrawn_draft_can_be_granted_again(talk: Talk, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    assert talk.tap('/my_data{"choice": "do:here:intake"}') == ["utter_privacy_withdrawn"]
    submit(talk)
    assert len(backend.intakes) == 1


def test_last_step_lost_on_the_way_is_erased_where_it_arrived(talk: Talk, backend: MemoryBackend) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    before = dict(talk.slots)
    talk.answer("yes")
    talk.slots = before
    talk.tap("/delete_my_data")
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert backend.intakes == {}


def test_export_names_consents_state_and_appointment_and_comes_as_a_file(talk: Talk) -> None:
    submit(talk)
    assert talk.tap("/export_my_data") == ["utter_privacy_export_sent"]
    document = json.loads(talk.said[0][1]["card"]["file"]["text"])
    (_, request) = document["requests"]
    assert request["case"]["state"] == "received"
    assert request["appointment"]["starts_at"] == free_slots()[0].starts_at
    records = [consent["pii_processing"] for consent in request["consents"]]
    assert {record["purposes"][0]["purpose"] for record in records} == {"intake", "appointment", "interpreter"}
    assert {record["language"] for record in records} == {"de"}
    assert document["retention"] == {"conversation_hours": 24, "intake_draft_hours": 24, "consent_proof_months": 36}


def test_export_on_the_way_holds_every_answer(talk: Talk) -> None:
    begin(talk)
    agree(talk)
    assert talk.tap("/export_my_data") == ["utter_privacy_export"]
    (request,) = json.loads(talk.said[0][1]["card"]["file"]["text"])["requests"]
    assert request["answers"][slots.NAME]["original"] == f"Anna {CANARY}"
    assert request["handed_over"] is False


def test_receipt_is_a_file_with_what_was_agreed_to(talk: Talk) -> None:
    submit(talk)
    records = json.loads(talk.said[0][1]["card"]["file"]["text"])
    assert [record["events"][0]["event_state"] for record in records] == ["given"] * 3
    assert all(len(record["pii_processing"]["x_privacy_notice_sha256"]) == 64 for record in records)


def test_notice_can_be_read_in_the_middle_of_the_consent_question(talk: Talk) -> None:
    begin(talk)
    assert talk.tap('/my_data{"choice": "notice"}') == ["utter_privacy_notice", "utter_ask_consent"]
    periods = talk.said[0][1]["card"]["rows"][4]["value"]["args"]
    assert (periods["conversation_hours"], periods["draft_hours"], periods["proof_months"]) == (24, 24, 36)


def test_recipient_that_says_nothing_is_told_and_deletion_is_not_claimed(ledger: MemoryLedger) -> None:
    talk = Talk(services(ledger, Teller()))
    without_appointment(talk)
    talk.tap("/delete_my_data")
    assert told(talk) == {"case": "take_back"}
    assert talk.tap("/confirm_forgetting") == ["utter_privacy_forgotten"]
    assert told(talk) == {"consent": "withdrawn", "case": "withdrawn"}
    composition.use(None)


def test_recipient_that_cannot_be_told_has_to_be_asked_and_somebody_is_alarmed(ledger: MemoryLedger) -> None:
    talk = Talk(services(ledger, Unreachable()))
    without_appointment(talk)
    talk.tap('/my_data{"choice": "ask:sent:intake"}')
    assert told(talk)["case"] == "utter_status_not_told"
    talk.tap('/my_data{"choice": "do:sent:intake"}')
    assert told(talk) == {"consent": "withdrawn", "case": "utter_status_not_told"}
    assert [entry.error for entry in ledger.unreported()] == ["withdrawal_impossible"]
    composition.use(None)


def test_request_never_sent_to_a_recipient_that_cannot_be_told_is_destroyed(ledger: MemoryLedger) -> None:
    backend = Unreachable()
    talk = Talk(services(ledger, backend))
    backend.down = True
    without_appointment(talk)
    backend.down = False
    talk.tap("/delete_my_data")
    assert told(talk) == {"case": "will_deleted"}
    talk.tap("/confirm_forgetting")
    assert told(talk) == {"consent": "withdrawn", "transit": "stopped"}
    assert (ledger.undelivered(), ledger.unreported()) == ([], [])
    composition.use(None)


def test_part_taken_back_while_the_request_waits_is_told_after_it(
    talk: Talk, ledger: MemoryLedger, backend: MemoryBackend
) -> None:
    begin(talk)
    agree(talk)
    book(talk)
    backend.down = True
    talk.answer("yes")
    (intake, *_) = [entry.key for entry in ledger.undelivered()]
    ledger.postpone(intake, datetime(2026, 11, 21, 11, 30, tzinfo=timezone.utc), "down")
    talk.tap('/my_data{"choice": "do:sent:appointment"}')
    backend.down = False
    run_worker(ledger, backend)
    assert ([entry.error for entry in ledger.undelivered()], len(backend.intakes)) == ([], 1)


def test_remembered_place_is_exported_and_goes_with_the_rest(talk: Talk) -> None:
    talk.slots = {slots.PLACE: "40210", slots.LANGUAGE: "ar", slots.RUN: 4}
    assert talk.tap("/export_my_data") == ["utter_privacy_export"]
    (request,) = json.loads(talk.said[0][1]["card"]["file"]["text"])["requests"]
    assert request["answers"] == {slots.PLACE: "40210"}
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert told(talk) == {"answers": "will_deleted"}
    talk.tap("/confirm_forgetting")
    assert talk.slots == {slots.LANGUAGE: "ar", slots.RUN: 5}

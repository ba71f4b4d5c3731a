"""Slots, holds, confirmation (contracts/backend-v1.openapi.yml)."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from conftest import HandClock
from sqlalchemy import select
from support import Api, without_postgresql

from casebackend.context import AppContext
from casebackend.models import InterpreterRequest


def _state(api: Api, appointment_id: str) -> str:
    state: str = api.call("GET", f"/appointments/{appointment_id}").json()["state"]
    return state


def _confirm(api: Api, appointment_id: str) -> tuple[int, str]:
    answer = api.call("POST", f"/appointments/{appointment_id}/confirm")
    return answer.status_code, answer.json().get("state") or answer.json()["code"]


def test_slots_fit_the_contract(api: Api, context: AppContext) -> None:
    slots = api.slots(limit=20)
    assert len(slots) == 20
    for slot in slots:
        assert list(context.contracts.component("Slot").iter_errors(slot)) == []


def test_slots_default_to_three(api: Api) -> None:
    assert len(api.slots()) == 3


def test_slots_have_one_per_start_and_are_in_order(api: Api) -> None:
    starts = [slot["starts_at"] for slot in api.slots(interpreter=False, limit=20)]
    assert starts == sorted(set(starts))


def test_slots_at_equal_times_prefer_who_speaks_the_language(api: Api) -> None:
    # Yildiz and Haddad both work on Tuesday morning.
    tuesday = {"from": "2026-11-24T00:00:00+01:00", "limit": 1}
    assert api.slots("tr", **tuesday)[0]["case_manager"] == "Demo Fachkraft Yildiz"
    assert api.slots("ar", **tuesday)[0]["case_manager"] == "Demo Fachkraft Haddad"


def test_slots_without_interpreter_say_not_needed(api: Api) -> None:
    assert {slot["interpreter"] for slot in api.slots("ar", interpreter=False, limit=20)} == {"not_needed"}


def test_slots_with_pool_start_after_five_working_days(api: Api) -> None:
    first = api.slots("ti", limit=1)[0]
    assert (first["starts_at"], first["interpreter"]) == ("2026-11-30T09:00:00+01:00", "requested")


def test_slots_of_who_speaks_the_language_need_no_lead_time(api: Api) -> None:
    first = api.slots("uk-UA", limit=1)[0]
    assert (first["starts_at"], first["interpreter"]) == ("2026-11-23T14:00:00+01:00", "spoken_by_case_manager")


def test_slots_leave_out_christmas(api: Api) -> None:
    days = [slot["starts_at"][:10] for slot in api.slots(limit=20, **{"from": "2026-12-23T00:00:00+01:00"})]
    assert {"2026-12-25", "2026-12-26"} & set(days) == set()


def test_slots_reach_six_weeks_ahead_whenever_asked(api: Api, clock: HandClock) -> None:
    clock.move(weeks=8)
    last = api.slots(interpreter=False, limit=1, **{"from": "2027-02-25T00:00:00+01:00"})
    assert [slot["starts_at"] for slot in last] == ["2027-02-25T14:00:00+01:00"]


def test_slots_in_the_past_are_not_offered(api: Api, clock: HandClock) -> None:
    first = api.slots(limit=1)[0]
    clock.now = datetime.fromisoformat(first["starts_at"])
    assert api.slots(limit=1, **{"from": "2026-11-01T00:00:00+01:00"})[0]["slot_id"] != first["slot_id"]
    assert api.hold(first["slot_id"]).json()["code"] == "slot_taken"


@without_postgresql
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"language": "ar"},
        {"language": "Arabic!", "interpreter": True},
        {"language": "ar", "interpreter": True, "limit": 0},
        {"language": "ar", "interpreter": True, "limit": 21},
        {"language": "ar", "interpreter": True, "from": "2026-11-24T00:00:00"},
        {"language": "ar", "interpreter": True, "from": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_slots_with_unsound_query_answer_422(api: Api, query: dict[str, Any]) -> None:
    assert api.call("GET", "/slots", params=query).status_code == 422


def test_hold_new_answers_201_for_15_minutes(api: Api, context: AppContext) -> None:
    answer = api.hold(api.slots()[0]["slot_id"])
    assert (answer.status_code, answer.json()["state"]) == (201, "held")
    assert answer.json()["held_until"] == "2026-11-23T09:15:00+01:00"
    assert list(context.contracts.component("Appointment").iter_errors(answer.json())) == []


def test_hold_same_again_answers_200_and_keeps_its_end(api: Api, clock: HandClock) -> None:
    slot, ids = api.slots()[0]["slot_id"], {"appointment_id": str(uuid4()), "external_id": str(uuid4())}
    first = api.hold(slot, **ids)
    clock.move(minutes=5)
    second = api.hold(slot, **ids)
    assert (second.status_code, second.json()) == (200, first.json())


def test_held_slot_is_not_offered_and_cannot_be_held(api: Api) -> None:
    slot = api.slots()[0]["slot_id"]
    api.hold(slot)
    answer = api.hold(slot)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert [offered for offered in api.slots(limit=20) if offered["slot_id"] == slot] == []


def test_hold_with_used_id_for_another_slot_is_refused(api: Api) -> None:
    first, second, _ = api.slots()
    ids = {"appointment_id": str(uuid4()), "external_id": str(uuid4())}
    api.hold(first["slot_id"], **ids)
    answer = api.hold(second["slot_id"], **ids)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")


@pytest.mark.parametrize("slot_id", ["nowhere", "", "1" * 5000])
def test_hold_of_unknown_slot_answers_404(api: Api, slot_id: str) -> None:
    answer = api.hold(slot_id)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_slot")


@without_postgresql
@pytest.mark.parametrize("change", [{"slot_id": None}, {"external_id": "x"}, {"language": "?"}, {"interpreter": "yes"}])
def test_hold_with_unsound_body_is_refused(api: Api, change: dict[str, Any]) -> None:
    body = {"slot_id": "1", "external_id": str(uuid4()), "language": "ar", "interpreter": True} | change
    answer = api.call("PUT", f"/appointments/{uuid4()}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "schema_violation")


def test_hold_inside_the_lead_time_of_the_pool_is_refused(api: Api) -> None:
    slot = api.slots("ar", limit=1)[0]["slot_id"]
    assert api.hold(slot, language="ti").json()["code"] == "slot_taken"


def test_hold_that_ran_out_is_offered_again(api: Api, clock: HandClock) -> None:
    slot = api.slots()[0]["slot_id"]
    first = api.hold(slot).json()
    clock.move(minutes=15)
    assert _state(api, first["appointment_id"]) == "lapsed"
    assert api.slots()[0]["slot_id"] == slot
    assert api.hold(slot).status_code == 201


def test_confirm_without_interpreter_is_confirmed(api: Api) -> None:
    booked = api.book(language="en", interpreter=False)
    assert (booked["state"], booked["interpreter"], booked["held_until"]) == ("confirmed", "not_needed", None)


def test_confirm_with_spoken_language_is_confirmed(api: Api) -> None:
    booked = api.book(language="ar")
    assert (booked["state"], booked["interpreter"]) == ("confirmed", "spoken_by_case_manager")


def test_confirm_with_pool_is_provisional_and_asks_once_without_a_name(api: Api, context: AppContext) -> None:
    booked = api.book(language="ti")
    assert (booked["state"], booked["interpreter"]) == ("provisional", "requested")
    assert list(context.contracts.component("Appointment").iter_errors(booked)) == []
    assert _confirm(api, booked["appointment_id"]) == (200, "provisional")
    with context.database.read() as session:
        requests = list(session.scalars(select(InterpreterRequest)))
    assert [(r.language, r.mode, r.place, r.topic_class) for r in requests] == [
        ("ti", "in_person", "Welcome Point (Demo)", "Beratung")
    ]
    assert requests[0].appointment_id == UUID(booked["appointment_id"])


def test_confirm_unknown_answers_404(api: Api) -> None:
    assert _confirm(api, str(uuid4())) == (404, "unknown_appointment")


def test_confirm_after_the_hold_takes_a_free_time_again(api: Api, clock: HandClock) -> None:
    held = api.hold(api.slots()[0]["slot_id"]).json()
    clock.move(hours=1)
    assert _confirm(api, held["appointment_id"]) == (200, "confirmed")


def test_confirm_after_the_hold_of_a_taken_time_is_lapsed(api: Api, clock: HandClock) -> None:
    slot = api.slots()[0]["slot_id"]
    held = api.hold(slot).json()
    clock.move(hours=1)
    api.hold(slot)
    assert _confirm(api, held["appointment_id"]) == (409, "slot_taken")
    assert _state(api, held["appointment_id"]) == "lapsed"


def test_cancel_frees_the_slot_and_withdraws_the_request(api: Api, context: AppContext, clock: HandClock) -> None:
    booked = api.book(language="ti")
    path = f"/appointments/{booked['appointment_id']}"
    assert [api.call("DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert _state(api, booked["appointment_id"]) == "cancelled"
    assert api.slots("ti")[0]["slot_id"] == booked["slot_id"]
    assert _confirm(api, booked["appointment_id"]) == (409, "slot_taken")
    with context.database.read() as session:
        assert session.scalars(select(InterpreterRequest.withdrawn_at)).one() == clock.now


def test_cancelled_hold_can_be_held_again(api: Api) -> None:
    slot, ids = api.slots()[0]["slot_id"], {"appointment_id": str(uuid4()), "external_id": str(uuid4())}
    api.hold(slot, **ids)
    api.call("DELETE", f"/appointments/{ids['appointment_id']}")
    again = api.hold(slot, **ids)
    assert (again.status_code, again.json()["state"]) == (200, "held")


def test_cancel_unknown_answers_204(api: Api) -> None:
    assert api.call("DELETE", f"/appointments/{uuid4()}").status_code == 204


def test_get_unknown_appointment_answers_404(api: Api) -> None:
    assert api.call("GET", f"/appointments/{uuid4()}").json()["code"] == "unknown_appointment"

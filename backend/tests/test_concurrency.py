"""Many at once for one slot: the database lets exactly one through."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from conftest import HandClock
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support import Api

from casebackend.appointments.service import HoldWish, confirm, hold
from casebackend.config import Settings
from casebackend.context import AppContext
from casebackend.errors import IdConflict, SlotTaken
from casebackend.models import Appointment, AppointmentState, InterpreterState

TRIES = 50


def _try_to_hold(context: AppContext, slot_id: str, appointment_id: UUID, start: Barrier) -> str:
    start.wait()
    wish = HoldWish(slot_id, uuid4(), "ar", True)
    try:
        with context.database.write() as session:
            hold(session, appointment_id, wish, context.clock(), context.settings.municipality)
    except (SlotTaken, IdConflict) as refusal:
        return refusal.code
    return "held"


def _all_at_once(context: AppContext, slots: list[str], ids: list[UUID]) -> list[str]:
    start = Barrier(TRIES)
    with ThreadPoolExecutor(TRIES) as pool:
        tries = [pool.submit(_try_to_hold, context, slots[n % len(slots)], ids[n], start) for n in range(TRIES)]
        return sorted(one.result() for one in tries)


def test_hold_50_at_once_has_one_winner(api: Api, context: AppContext) -> None:
    slot = api.slots()[0]["slot_id"]
    outcomes = _all_at_once(context, [slot], [uuid4() for _ in range(TRIES)])
    assert outcomes == ["held"] + ["slot_taken"] * (TRIES - 1)
    with context.database.read() as session:
        assert [a.state for a in session.scalars(select(Appointment))] == [AppointmentState.HELD]


def test_hold_50_at_once_after_a_hold_ran_out_has_one_winner(api: Api, context: AppContext, clock: HandClock) -> None:
    slot = api.slots()[0]["slot_id"]
    api.hold(slot)
    clock.move(minutes=16)
    outcomes = _all_at_once(context, [slot], [uuid4() for _ in range(TRIES)])
    assert outcomes == ["held"] + ["slot_taken"] * (TRIES - 1)


def test_hold_of_many_slots_at_once_under_one_id_has_one_winner(api: Api, context: AppContext) -> None:
    slots = [slot["slot_id"] for slot in api.slots(limit=10)]
    outcomes = _all_at_once(context, slots, [uuid4()] * TRIES)
    assert outcomes == ["held"] + ["id_conflict"] * (TRIES - 1)


def test_confirm_of_two_holds_that_ran_out_has_one_winner(api: Api, context: AppContext, clock: HandClock) -> None:
    slot = api.slots()[0]["slot_id"]
    first = UUID(api.hold(slot).json()["appointment_id"])
    clock.move(minutes=16)
    second = UUID(api.hold(slot).json()["appointment_id"])
    clock.move(minutes=16)
    start = Barrier(2)

    def try_to_confirm(appointment_id: UUID) -> str:
        start.wait()
        try:
            with context.database.write() as session:
                confirm(session, appointment_id, clock.now, context.settings.municipality)
        except SlotTaken as refusal:
            return refusal.code
        return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_confirm, [first, second])) == ["confirmed", "slot_taken"]


def test_database_itself_refuses_a_second_live_appointment(api: Api, context: AppContext, settings: Settings) -> None:
    slot = api.slots()[0]["slot_id"]
    api.hold(slot)
    second = Appointment(
        id=uuid4(),
        slot_id=slot,
        external_id=uuid4(),
        language="ar",
        interpreter_wanted=False,
        interpreter=InterpreterState.NOT_NEEDED,
        state=AppointmentState.CONFIRMED,
        changed_at=context.clock(),
    )
    with pytest.raises(IntegrityError), context.database.write() as session:
        session.add(second)

"""What the person keeps: the receipt, the appointment, the state of the request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from actions.model import nodes, slots
from actions.model.answer import Answers
from actions.model.appointment import Appointment, CaseStatus
from actions.services.handoff import AppointmentOutcome, Receipt

LABELS = "utter_receipt_labels"
STATUS_LABELS = "utter_status_labels"


def receipt_card(receipt: Receipt, answers: Answers, places: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The receipt: code, appointment, what happens now, how to withdraw."""
    reachable = answers.value(slots.CONTACT) is not None or receipt.outcome is AppointmentOutcome.AGREED
    following = ["next_read", "next_contact" if reachable else "next_contact_none", "next_code"]
    if receipt.outcome is AppointmentOutcome.REQUESTED:
        following[1] = "next_appointment_requested"
    elif receipt.outcome is AppointmentOutcome.LAPSED:
        following[1] = "next_appointment_lapsed"
    shown = receipt.outcome in (AppointmentOutcome.AGREED, AppointmentOutcome.REQUESTED)
    return {
        "kind": "receipt",
        "code": receipt.code,
        "copy_label": nodes.label(LABELS, "copy"),
        "appointment": appointment_card(receipt.appointment) if shown else None,
        "next_title": nodes.label(LABELS, "next_title"),
        "next": [nodes.label(LABELS, key) for key in following],
        "withdraw": nodes.label(LABELS, "withdraw", place=nodes.own(places[0]["name"])) if places else None,
    }


def status_card(status: CaseStatus) -> dict[str, Any]:
    """State and reason of a request."""
    reason = (
        nodes.code(f"reasons.{status.state}", status.reason) if status.reason else nodes.label(STATUS_LABELS, "received_reason")
    )
    return {
        "kind": "status",
        "state": nodes.code("states", status.state),
        "reason": reason,
        "changed": nodes.label(STATUS_LABELS, "changed", changed=nodes.moment(status.changed_at)),
        "appointment": appointment_card(status.appointment),
    }


def appointment_card(appointment: Optional[Appointment]) -> Optional[dict[str, Any]]:
    """An appointment as it is shown; None if there is none."""
    if appointment is None:
        return None
    slot = appointment.slot
    demo = nodes.label("utter_demo_place", "demo") if slot.place.demo else None
    return {
        "when": nodes.moment(slot.starts_at, slot.ends_at),
        "place": {**slot.place.__dict__, "demo": demo},
        "person": slot.case_manager,
        "state": nodes.code("appointment_states", appointment.state),
        "interpreter": nodes.code("interpreter_states", slot.interpreter),
    }

"""How each question is put: which response, which choices, where the person is, and why it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Optional

from actions.model import nodes, slots
from actions.model.answer import Answer, Answers
from actions.model.consent import PURPOSE_OF_SLOT, Purpose
from actions.model.questions import progress, question_for
from actions.services import dialogue
from actions.services.booking import Offer
from actions.services.consent import Consents
from actions.services.consent_receipts import terms
from actions.services.ports import Content

Args = dict[str, Any]
Utterance = tuple[str, Args]
"""Name of a response, and what it is filled with (nodes of actions/model/nodes.py)."""

READBACK_LABELS = "utter_readback_labels"
NAV_LABELS = "utter_nav_labels"
BOOKING_LABELS = "utter_booking_choices"
AGES = {slots.UNDER_18: "< 18", slots.ADULT: "≥ 18"}
"""Read in every language."""
READBACK = (
    (slots.AREAS, "areas"),
    (slots.HELPERS, "helpers"),
    (slots.GOAL, "goal"),
    (slots.NAME, "name"),
    (slots.CONTACT, "contact"),
    (slots.INTERPRETER_LANGUAGE, "language"),
    (slots.INTERPRETER_NEEDED, "interpreter"),
)
"""Slots and their labels in the order they are read back."""


def payload(choice: str) -> str:
    """The Rasa payload that a tapped choice sends."""
    return "/answer" + json.dumps({"choice": choice}, ensure_ascii=False)


class Asking:
    """Builds questions; no question text lives here."""

    def __init__(self, content: Content, consents: Consents) -> None:
        self._content, self._consents = content, consents

    def ask(self, slot: str, answers: Answers, language: str) -> Utterance:
        """The utterance that asks for a slot, in a conversation in ``language``. Free times need ``offer_slots``."""
        special: Mapping[str, Callable[[Answers], Utterance]] = {
            slots.AREAS: lambda _: self._several(slots.AREAS, "areas", self._content.codes.areas),
            slots.HELPERS: lambda _: self._several(slots.HELPERS, "helpers", self._content.codes.helpers),
            slots.CONSENT_INTAKE: lambda _: self._consent(slots.CONSENT_INTAKE),
            slots.CONSENT_APPOINTMENT: lambda _: self._consent(slots.CONSENT_APPOINTMENT),
            slots.CONSENT_INTERPRETER: lambda _: self._consent(slots.CONSENT_INTERPRETER),
            slots.INTERPRETER_LANGUAGE: lambda _: self._languages(language),
            slots.READBACK: self._readback,
            slots.BOOKING_CONFIRMED: self._confirmation,
        }
        build = special.get(slot)
        name, args = build(answers) if build else (f"utter_ask_{slot}", {})
        return name, {**args, **self._frame(slot, answers)}

    def offer_slots(self, offer: Offer, answers: Answers) -> Utterance:
        """Free times as choices; without any, the way on without an appointment."""
        frame = self._frame(slots.BOOKING_SLOT, answers)
        if not offer.slots:
            return "utter_booking_no_slots", frame
        choices = [
            {
                "title": nodes.label(
                    BOOKING_LABELS, "slot", when=nodes.moment(slot.starts_at), person=nodes.own(slot.case_manager)
                ),
                "payload": payload(slot.slot_id),
                "icon": "calendar",
            }
            for slot in offer.slots
        ]
        if offer.later:
            choices.append({"title": nodes.label(BOOKING_LABELS, "later"), "payload": payload("later"), "style": "quiet"})
        choices.append({"title": nodes.label(BOOKING_LABELS, "none"), "payload": payload("none"), "style": "quiet"})
        minutes = _minutes(offer)
        return f"utter_ask_{slots.BOOKING_SLOT}", {"minutes": minutes, "choices": choices, **frame}

    def _frame(self, slot: str, answers: Answers) -> Args:
        if slot == slots.BEGIN:
            return {"asks": slot}
        step, of = progress(answers, slot)
        nav = [{"title": nodes.label(NAV_LABELS, "back"), "payload": "/go_back", "icon": "back", "style": "quiet"}]
        if question_for(slot).skippable:
            nav.insert(
                0, {"title": nodes.label(NAV_LABELS, "skip"), "payload": "/skip_question", "icon": "skip", "style": "quiet"}
            )
        return {"asks": slot, "progress": {"step": step, "of": of}, "why": nodes.response(dialogue.reason(slot)), "nav": nav}

    def _several(self, slot: str, code_list: str, codes: Mapping[str, Optional[str]]) -> Utterance:
        choices = [
            {"title": nodes.code(code_list, code), "payload": payload(code), "icon": icon}
            for code, icon in codes.items()
            if code != "nobody"
        ]
        args: Args = {"choices": choices, "select": {"min": 1, "submit": nodes.label(NAV_LABELS, "submit")}}
        if "nobody" in codes:
            args["select"]["none"] = {"title": nodes.code(code_list, "nobody"), "payload": payload("nobody")}
        return f"utter_ask_{slot}", args

    def consent(self, purpose: Purpose) -> Args:
        """What a consent is asked with: question, all that it says, and the German text beside it."""
        text = self._content.consent_text(purpose.value)
        context = f"consent.{purpose.value}"
        rows = terms(text, purpose, self._consents.recipient(purpose), self._content.profile.retention.intake_draft_hours)
        card = {"kind": "consent", "title": nodes.text(text.title, context), "rows": rows}
        return {"question": nodes.text(text.question, context), "card": card, "with_german": True}

    def _consent(self, slot: str) -> Utterance:
        return "utter_ask_consent", self.consent(PURPOSE_OF_SLOT[slot])

    def _languages(self, language: str) -> Utterance:
        # A variant ("de-simple") is the same language when spoken.
        spoken = dict.fromkeys(tag.split("-")[0] for tag in (language, *self._content.profile.languages))
        choices = [{"title": nodes.language(tag), "payload": payload(tag)} for tag in spoken]
        return f"utter_ask_{slots.INTERPRETER_LANGUAGE}", {"choices": choices}

    def known(self, answers: Answers, place: Optional[str], age: Optional[str]) -> Optional[Args]:
        """A card of all that the person has answered, and of the place and age that were named; None if that is nothing."""
        rows = [
            {"label": nodes.label(READBACK_LABELS, key), "value": _shown(answers[slot], key)}
            for slot, key in READBACK
            if slot in answers
        ]
        if place:
            rows.append({"label": nodes.label(READBACK_LABELS, "place"), "value": nodes.own(place)})
        if age:
            rows.append({"label": nodes.label(READBACK_LABELS, "age"), "value": nodes.own(AGES[age])})
        return {"kind": "readback", "rows": rows} if rows else None

    def _readback(self, answers: Answers) -> Utterance:
        rows = [
            {
                "label": nodes.label(READBACK_LABELS, key),
                "value": _shown(answers[slot], key),
                "change": {"title": nodes.label(READBACK_LABELS, "change"), "payload": payload(dialogue.CHANGE + slot)},
            }
            for slot, key in READBACK
            if slot in answers
        ]
        return f"utter_ask_{slots.READBACK}", {"card": {"kind": "readback", "rows": rows}}

    def _confirmation(self, answers: Answers) -> Utterance:
        held = answers.value(slots.BOOKING_SLOT)
        place = held["place"]
        args = {
            "when": nodes.moment(held["starts_at"], held["ends_at"]),
            "place": nodes.own(place["name"]),
            "address": nodes.own(f"{place['street']}, {place['postal_code']} {place['city']}"),
            "person": nodes.own(held["case_manager"]),
            "interpreter": nodes.code("interpreter_states", held["interpreter"]),
        }
        return f"utter_ask_{slots.BOOKING_CONFIRMED}", args


def _minutes(offer: Offer) -> int:
    slot = offer.slots[0]
    return int((datetime.fromisoformat(slot.ends_at) - datetime.fromisoformat(slot.starts_at)).total_seconds() // 60)


def _shown(answer: Answer, key: str) -> Any:
    if answer.is_skipped:
        return nodes.label(READBACK_LABELS, "skipped")
    if key in ("areas", "helpers"):
        return nodes.listing([nodes.code(key, value) for value in answer.value])
    if key == "language":
        return nodes.language(answer.value)
    if key == "interpreter":
        return nodes.label(READBACK_LABELS, "yes" if answer.value else "no")
    if key == "contact":
        return nodes.own(answer.value["value"])
    return nodes.own(answer.original or "")

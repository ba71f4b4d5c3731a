"""How each question is put: which response, which choices, where the person is, and why it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Optional

from actions.model import nodes, slots
from actions.model.answer import Answer, Answers
from actions.model.consent import PURPOSE_OF_SLOT, Purpose
from actions.model.leitfaden import Entry, Kind
from actions.model.questions import Journey
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
LABELS = {
    slots.AREAS: "areas",
    slots.HELPERS: "helpers",
    slots.GOAL: "goal",
    slots.NAME: "name",
    slots.CONTACT: "contact",
    slots.INTERPRETER_LANGUAGE: "language",
    slots.INTERPRETER_NEEDED: "interpreter",
}
"""How questions are read back that always belong to an intake; those of the modules are codes, which staff read too."""
CODES = {Kind.AREAS: "areas", Kind.HELPERS: "helpers", Kind.MODULES: "intake_modules"}
NONE_OF_THESE = ("nobody", dialogue.NO_MODULE)
HIGHEST_TO_TAP = 5


def payload(choice: str) -> str:
    """The Rasa payload that a tapped choice sends."""
    return "/answer" + json.dumps({"choice": choice}, ensure_ascii=False)


class Asking:
    """Builds questions; no question text lives here."""

    def __init__(self, content: Content, consents: Consents, journey: Journey) -> None:
        self._content, self._consents, self._journey = content, consents, journey

    def ask(self, slot: str, answers: Answers, language: str) -> Utterance:
        """The utterance that asks for a slot, in a conversation in ``language``. Free times need ``offer_slots``."""
        entry = self._journey.entry(slot)
        if entry is not None:
            return f"utter_ask_{slot}", {**self._of_the_leitfaden(entry, language), **self._frame(slot, answers)}
        if slot in PURPOSE_OF_SLOT:
            return "utter_ask_consent", {**self.consent(PURPOSE_OF_SLOT[slot]), **self._frame(slot, answers)}
        build = {slots.READBACK: self._readback, slots.BOOKING_CONFIRMED: self._confirmation}.get(slot)
        return f"utter_ask_{slot}", {**(build(answers) if build else {}), **self._frame(slot, answers)}

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
        step, of = self._journey.progress(answers, slot)
        entry = self._journey.entry(slot)
        ways = [("skip", "/skip_question", "skip")] if entry else []
        ways += [("withhold", payload(dialogue.WITHHOLD), "lock")] if entry and entry.withhold else []
        nav = [
            {"title": nodes.label(NAV_LABELS, key), "payload": send, "icon": icon, "style": "quiet"}
            for key, send, icon in (*ways, ("back", "/go_back", "back"))
        ]
        return {"asks": slot, "progress": {"step": step, "of": of}, "why": self.why(slot), "nav": nav}

    def why(self, slot: str) -> nodes.Node:
        """Why a question is asked; for a sensitive one, what the municipality says about it."""
        entry = self._journey.entry(slot)
        return _reason(entry) if entry and entry.reason else nodes.response(dialogue.reason(slot, entry))

    def _of_the_leitfaden(self, entry: Entry, language: str) -> Args:
        codes, offered = self._content.codes, self._journey.leitfaden.offered
        if entry.kind is Kind.AREAS:
            return _several(entry.kind, codes.areas)
        if entry.kind is Kind.HELPERS:
            return _several(entry.kind, codes.helpers)
        if entry.kind is Kind.MODULES:
            wished = {code: icon for code, icon in codes.modules.items() if code in (*offered, *NONE_OF_THESE)}
            return _several(entry.kind, wished)
        if entry.kind is Kind.LANGUAGE:
            return self._languages(language)
        if entry.kind is Kind.NUMBER:
            return {"choices": [{"title": str(n), "payload": payload(str(n))} for n in range(HIGHEST_TO_TAP + 1)]}
        return {"reason": _reason(entry)} if entry.reason else {}

    def consent(self, purpose: Purpose) -> Args:
        """What a consent is asked with: question, all that it says, and the German text beside it."""
        text = self._content.consent_text(purpose.value)
        context = f"consent.{purpose.value}"
        rows = terms(text, purpose, self._consents.recipient(purpose), self._content.profile.retention.intake_draft_hours)
        card = {"kind": "consent", "title": nodes.text(text.title, context), "rows": rows}
        return {"question": nodes.text(text.question, context), "card": card, "with_german": True}

    def _languages(self, language: str) -> Args:
        # A variant ("de-simple") is the same language when spoken.
        spoken = dict.fromkeys(tag.split("-")[0] for tag in (language, *self._content.profile.languages))
        choices = [{"title": nodes.language(tag), "payload": payload(tag)} for tag in spoken]
        return {"choices": choices}

    def known(self, answers: Answers, place: Optional[str], age: Optional[str]) -> Optional[Args]:
        """A card of all that the person has answered, and of the place and age that were named; None if that is nothing."""
        rows = [
            {"label": _label(entry), "value": _shown(answers[entry.slot], entry.kind)}
            for entry in self._journey.leitfaden.entries
            if entry.slot in answers
        ]
        if place:
            rows.append({"label": nodes.label(READBACK_LABELS, "place"), "value": nodes.own(place)})
        if age:
            rows.append({"label": nodes.label(READBACK_LABELS, "age"), "value": nodes.own(AGES[age])})
        return {"kind": "readback", "rows": rows} if rows else None

    def _readback(self, answers: Answers) -> Args:
        rows = [
            {
                "label": _label(entry),
                "value": _shown(answers[entry.slot], entry.kind),
                "change": {"title": nodes.label(READBACK_LABELS, "change"), "payload": payload(dialogue.CHANGE + entry.slot)},
            }
            for entry in self._journey.answered(answers)
        ]
        return {"card": {"kind": "readback", "rows": rows}}

    def _confirmation(self, answers: Answers) -> Args:
        held = answers.value(slots.BOOKING_SLOT)
        place = held["place"]
        return {
            "when": nodes.moment(held["starts_at"], held["ends_at"]),
            "place": nodes.own(place["name"]),
            "address": nodes.own(f"{place['street']}, {place['postal_code']} {place['city']}"),
            "person": nodes.own(held["case_manager"]),
            "interpreter": nodes.code("interpreter_states", held["interpreter"]),
        }


def _minutes(offer: Offer) -> int:
    slot = offer.slots[0]
    return int((datetime.fromisoformat(slot.ends_at) - datetime.fromisoformat(slot.starts_at)).total_seconds() // 60)


def _several(kind: Kind, codes: Mapping[str, Optional[str]]) -> Args:
    name = CODES[kind]
    choices = [
        {"title": nodes.code(name, code), "payload": payload(code), "icon": icon}
        for code, icon in codes.items()
        if code not in NONE_OF_THESE
    ]
    args: Args = {"choices": choices, "select": {"min": 1, "submit": nodes.label(NAV_LABELS, "submit")}}
    for none in codes.keys() & set(NONE_OF_THESE):
        args["select"]["none"] = {"title": nodes.code(name, none), "payload": payload(none)}
    return args


def _reason(entry: Entry) -> nodes.Node:
    return nodes.text(entry.reason or "", "leitfaden.reason")


def _label(entry: Entry) -> nodes.Node:
    key = LABELS.get(entry.slot)
    return nodes.label(READBACK_LABELS, key) if key else nodes.code("intake_questions", entry.id)


def _shown(answer: Answer, kind: Kind) -> Any:
    if answer.is_open:
        return nodes.label(READBACK_LABELS, answer.provenance.value)
    if kind in CODES:
        return nodes.listing([nodes.code(CODES[kind], value) for value in answer.value])
    if kind is Kind.LANGUAGE:
        return nodes.language(answer.value)
    if kind is Kind.YES_NO:
        return nodes.label(READBACK_LABELS, "yes" if answer.value else "no")
    if kind is Kind.NUMBER:
        return str(answer.value)
    if kind is Kind.CONTACT:
        return nodes.own(answer.value["value"])
    return nodes.own(answer.original or "")

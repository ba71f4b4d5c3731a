"""What of a turn is written down: its events, without what was typed into an open question or in a crisis."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Optional

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import Slot

WITHHELD = "•••"
"""Stands, in every language, where the person's own words are not kept."""
METADATA_SLOT = "session_started_metadata"
"""Rasa's own copy of what came with the first message of a session."""
STEERING = (REQUESTED_SLOT, METADATA_SLOT, "language__", "shared__", "privacy__")
"""Slots, or beginnings of their names, that hold no answer."""
ANSWERS_SHOWN = "readback"
"""Kind of the cards on which answers are shown."""

Written = dict[str, Any]
"""One turn as JSON: ``state`` before it (``slots`` and ``loop``), and its ``events``."""


def written(state: dict[str, Any], events: Iterable[Event], asked: Optional[str]) -> Written:
    """A turn as it may be stored; ``asked`` is the question that was open before it."""
    kept: list[dict[str, Any]] = []
    new_session = False
    for event in events:
        if isinstance(event, UserUttered):
            kept.append(_said(event, withheld=asked is not None or (event.intent_name or "").startswith("crisis")))
            # The first message of a new session still answers the question that the old one had asked.
            asked = None if new_session else asked
            continue
        new_session = new_session or isinstance(event, SessionStarted)
        if isinstance(event, SlotSet) and event.key == REQUESTED_SLOT:
            asked = event.value
        if not (isinstance(event, SlotSet) and event.key == METADATA_SLOT):
            kept.append(event.as_dict())
    return {"state": state, "events": kept}


def state_of(slots: Iterable[Slot], loop: Optional[str]) -> dict[str, Any]:
    """What a conversation knows: its slots, as far as they are filled, and the form that is open."""
    filled = {slot.name: slot.value for slot in slots if slot.value != slot.initial_value and slot.name != METADATA_SLOT}
    return {"slots": filled, "loop": loop}


def is_answer(slot: str) -> bool:
    """Whether a slot holds what the person answered or was given, rather than where the dialogue stands."""
    return not slot.startswith(STEERING)


def without_answers(turn: Written, slots: Optional[Collection[str]] = None) -> Written:
    """A turn without the values of some slots (None: of all that hold answers) and without the cards that show answers."""

    def gone(slot: str) -> bool:
        return is_answer(slot) if slots is None else slot in slots

    state = {**turn["state"], "slots": {name: value for name, value in turn["state"]["slots"].items() if not gone(name)}}
    events = [_without_card(data) for data in turn["events"] if data["event"] != SlotSet.type_name or not gone(data["name"])]
    return {**turn, "state": state, "events": events}


def _said(event: UserUttered, withheld: bool) -> dict[str, Any]:
    """A message with what later turns and a reload of the page need; not with all that the classifier thought of it."""
    data: dict[str, Any] = event.as_dict()
    metadata = dict(event.metadata or {})
    text, entities = event.text, event.entities
    # Only a choice that we offered reaches Rasa with a stroke; its title is our own text.
    if withheld and not (text or "").startswith("/"):
        text, entities = "", [{"entity": entity["entity"]} for entity in entities]
        metadata["said"] = WITHHELD
    return {
        **data,
        "text": text,
        "metadata": metadata,
        "parse_data": {"intent": event.intent, "entities": entities, "text": text, "message_id": event.message_id},
    }


def _without_card(data: dict[str, Any]) -> dict[str, Any]:
    metadata = data.get("metadata") or {}
    if (metadata.get("card") or {}).get("kind") != ANSWERS_SHOWN:
        return data
    return {**data, "metadata": {**metadata, "card": None, "german": None, "args": {}}}

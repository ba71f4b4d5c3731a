"""A Rasa tracker as the services see it."""

from __future__ import annotations

import json
import re
from typing import Any, Optional

from rasa_sdk import Tracker

from actions.model import slots
from actions.model.answer import Answers
from actions.model.intake import intake_id_for
from actions.model.message import Message, Offer

DEFAULT_LANGUAGE = "de"
_CHOICE = re.compile(r"^/answer(\{.*\})$", re.DOTALL)


class Conversation:
    """Read access to one tracker; everything else about Rasa stays outside the services."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self.answers = Answers(tracker.slots)
        self.latest: dict[str, Any] = tracker.latest_message or {}

    @property
    def language(self) -> str:
        """The language that the person chose; before that, the one that the channel reports."""
        chosen = self._tracker.get_slot(slots.LANGUAGE) or (self.latest.get("metadata") or {}).get("language")
        return str(chosen or DEFAULT_LANGUAGE)

    @property
    def channel(self) -> str:
        return self._tracker.get_latest_input_channel() or "web"

    @property
    def active_form(self) -> Optional[str]:
        name = self._tracker.active_loop_name
        return name if name and name != "null" else None

    @property
    def requested_slot(self) -> Optional[str]:
        return self._tracker.get_slot(slots.REQUESTED) if self.active_form else None

    @property
    def attempts(self) -> int:
        return int(self._tracker.get_slot(slots.ATTEMPTS) or 0)

    @property
    def run(self) -> int:
        return int(self._tracker.get_slot(slots.RUN) or 0)

    @property
    def intake_id(self) -> str:
        return intake_id_for(self._tracker.sender_id, self.run)

    @property
    def is_minor(self) -> bool:
        """Whether the person said to be under 18, in this message or before."""
        return self.slot(slots.AGE) == slots.UNDER_18

    @property
    def message_id(self) -> str:
        """The id that the channel gave the message; the same when it is sent again."""
        return str((self.latest.get("metadata") or {}).get("id") or self.latest.get("message_id") or "")

    @property
    def intent(self) -> str:
        return str((self.latest.get("intent") or {}).get("name") or "")

    @property
    def is_crisis(self) -> bool:
        return self.intent.startswith("crisis_")

    @property
    def meanings(self) -> list[tuple[str, float]]:
        """What the classifier thinks the message may mean, likeliest first, with probabilities."""
        return [(str(entry["name"]), float(entry["confidence"])) for entry in self.latest.get("intent_ranking") or ()]

    @property
    def page(self) -> Optional[dict[str, str]]:
        """The page of the municipality that fits the message, if one was found; not while a question is open."""
        return None if self.active_form else self.latest.get("page")

    @property
    def last_answer(self) -> Optional[tuple[str, dict[str, Any]]]:
        """The response that was uttered last, with its arguments."""
        for event in reversed(self._tracker.events):
            metadata = event.get("metadata") or {}
            if event.get("event") == "bot" and metadata.get("utter_action"):
                return str(metadata["utter_action"]), dict(metadata.get("args") or {})
        return None

    def slot(self, name: str) -> Any:
        return self._tracker.get_slot(name)

    def entity(self, name: str) -> Optional[str]:
        """The first value of an entity in the latest message."""
        return next((str(value) for value in self._tracker.get_latest_entity_values(name)), None)

    @property
    def message(self) -> Message:
        """The latest message of the person."""
        text = str(self.latest.get("text") or "")
        tapped = _CHOICE.match(text)
        if tapped:
            answer = json.loads(tapped.group(1))
            choice = answer["choice"]
            choices = tuple(str(value) for value in (choice if isinstance(choice, list) else [choice]))
            return Message(choices=choices, question=answer.get("question"), language=self.language)
        return Message(
            text="" if text.startswith("/") else text,
            intent=self.intent,
            confidence=float((self.latest.get("intent") or {}).get("confidence") or 0.0),
            language=self.language,
            entities=self._entities(),
            offers=tuple(self._offers()),
        )

    @property
    def shown_language(self) -> str:
        """The language in which the last answer was really shown (German where a translation is missing)."""
        for event in reversed(self._tracker.events):
            if event.get("event") == "bot":
                return str((event.get("metadata") or {}).get("lang") or self.language)
        return self.language

    def _entities(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entity in self.latest.get("entities") or ():
            found.setdefault(str(entity.get("entity")), []).append(str(entity.get("value")))
        return found

    def _offers(self) -> list[Offer]:
        for event in reversed(self._tracker.events):
            if event.get("event") == "bot":
                buttons = (event.get("data") or {}).get("buttons") or []
                return [Offer(button.get("title", ""), _choice_of(button.get("payload", ""))) for button in buttons]
        return []


def _choice_of(payload: str) -> str:
    tapped = _CHOICE.match(payload)
    return str(json.loads(tapped.group(1))["choice"]) if tapped else ""

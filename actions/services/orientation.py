"""Answers that end at a named local office."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any, Optional

from actions.model import nodes
from actions.model.content import Office, Topic
from actions.services.asking import Utterance
from actions.services.ports import Content

LABELS = "utter_orientation_labels"


class Orientation:
    """Builds topic cards."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def topic(self, intent: str, today: date) -> Optional[Utterance]:
        """The card of a topic; an expired one shows only where to ask. None if no topic belongs to the intent."""
        topic = self._content.topic_for(intent)
        if topic is None:
            return None
        title = nodes.text(topic.title, f"orientation.{topic.id}")
        card: dict[str, Any] = {"kind": "topic", "title": title, "offices": self.offices(topic.service)}
        if not topic.is_current(today):
            return "utter_orientation_expired", {"card": card, "topic": topic.id}
        return "utter_orientation_topic", {"title": title, "card": {**card, **_facts(topic)}, "topic": topic.id}

    def human(self) -> dict[str, Any]:
        """A card that only says where to find a person."""
        service = self._content.profile.welcome_service
        return {"kind": "topic", "title": nodes.label(LABELS, "welcome"), "offices": self.offices(service)}

    def offices(self, service: str) -> list[dict[str, Any]]:
        """The offices of a service as they are shown."""
        return [_office(office) for office in self._content.offices(service)]


def _facts(topic: Topic) -> dict[str, Any]:
    context = f"orientation.{topic.id}"
    return {
        "answer": nodes.text(topic.answer, context),
        "steps": [nodes.text(step, context) for step in topic.steps],
        "bring": [nodes.text(paper, context) for paper in topic.bring],
        "notice": nodes.text(topic.notice, context) if topic.notice else None,
        "source": {"name": topic.source_name, "url": topic.source_url},
        "reviewed": nodes.label(LABELS, "reviewed", date=nodes.day(topic.reviewed.isoformat())),
    }


def _office(office: Office) -> dict[str, Any]:
    return {
        "name": office.name,
        "part_of": office.part_of,
        "street": office.street,
        "postal_code": office.postal_code,
        "city": office.city,
        "hours": _hours(office),
        "languages": nodes.listing([nodes.language(tag) for tag in office.languages]) if office.languages else None,
        "phone": office.phone,
        "phone_tel": office.phone_tel,
        "step_free": None if office.step_free is None else nodes.label(LABELS, "step_free" if office.step_free else "steps"),
        "demo": nodes.text(office.demo_note, "directory") if office.demo_note else None,
    }


def _hours(office: Office) -> list[nodes.Node]:
    if not office.hours:
        return [nodes.label(LABELS, "by_appointment")]
    return [
        nodes.label(LABELS, "hours", days=nodes.weekdays([day for day, _, _ in same]), opens=opens, closes=closes)
        for (opens, closes), group in groupby(office.hours, key=lambda hours: hours[1:])
        for same in [list(group)]
    ]

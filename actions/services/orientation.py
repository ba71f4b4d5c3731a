"""Answers that end at a named local office."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any, Optional
from urllib.parse import quote

from actions.model import nodes
from actions.model.content import Office, PassageStep, Reviewed, Topic
from actions.model.offices import RankedOffice
from actions.model.routing import Municipality, Question, offices_for, route
from actions.services.asking import Utterance
from actions.services.ports import Content

LABELS = "utter_orientation_labels"
OFFICES_AT_ONCE = 3
"""Places that a card shows; a Kreis has many."""
YOUNG = "ask_youth_support"
"""The intent of the topic for young people."""
MINOR = 17
"""Years: what the rules of a municipality are asked with for somebody of whom no more is known than to be under 18."""
PASSAGES_AT_ONCE = 2
"""Passages that a topic leads on to; more would hide the way to a person."""


class Orientation:
    """Builds topic cards."""

    def __init__(self, content: Content, municipality: Municipality) -> None:
        self._content, self._municipality = content, municipality

    def topic(self, intent: str, question: Question) -> Optional[Utterance]:
        """The card of a topic, its offices in the order that fits who asks; an expired one shows only where to ask.

        None if no topic belongs to the intent.
        """
        topic = self._content.topic_for(intent)
        if topic is None:
            return None
        title = nodes.text(topic.title, f"orientation.{topic.id}")
        card: dict[str, Any] = {"kind": "topic", "title": title, **self._where(topic, question)}
        here = self._here(intent) if "elsewhere" in card else []
        if not topic.is_current(question.at.date()):
            return "utter_orientation_expired", {"card": card, "topic": topic.id, "choices": here}
        args = {"title": title, "card": {**card, **_facts(topic)}, "topic": topic.id}
        return "utter_orientation_topic", {**args, "choices": here + self._passages(topic.situations, LABELS)}

    def _where(self, topic: Topic, question: Question) -> dict[str, Any]:
        """Where to go, in the order of the rules, with the reasons; for somebody who lives elsewhere the way to help there."""
        targets = route(self._municipality, replace(question, topic=topic.id)).targets
        pointer = targets[0].pointer
        if pointer is not None:
            text = nodes.code("routing_reasons", targets[0].reasons[0])
            return {"offices": [], "elsewhere": {"text": text, "name": pointer.name, "url": pointer.url}}
        return {
            "offices": self._shown(
                (target.reasons, ranked)
                for target in targets
                for ranked in (target.offices if target.service == topic.service else target.offices[:1])
            )
        }

    def _shown(self, found: Iterable[tuple[Sequence[str], RankedOffice]]) -> list[dict[str, Any]]:
        """The first of the offices that routing found, no house twice, each with the reasons that a card says."""
        rows = {row.id: row.service_id for row in self._municipality.directory.services_at_location}
        houses: dict[str, dict[str, Any]] = {}
        for reasons, ranked in found:
            at = ranked.service_at_location
            office = next(office for office in self._content.offices(rows[at]) if office.id == at)
            why = [nodes.code("routing_reasons", reason) for reason in (*reasons, *ranked.reasons) if self._is_said(reason)]
            houses.setdefault(ranked.location, {**_office(office), "why": why})
        return list(houses.values())[:OFFICES_AT_ONCE]

    def _is_said(self, reason: str) -> bool:
        return reason in self._content.codes.reasons

    def _here(self, intent: str) -> list[dict[str, Any]]:
        """The way back for somebody who named a place that is not ours and lives here all the same."""
        name = self._content.profile.name
        return [{"title": nodes.label(LABELS, "here", place=name), "payload": _payload(intent, "place", name), "icon": "pin"}]

    def is_elsewhere(self, said: str) -> bool:
        """Whether a postal code or the name of a place is not ours."""
        return self._municipality.places.is_elsewhere(said)

    def areas(self) -> Utterance:
        """The areas of life that have a topic, to choose from."""
        icons = self._content.codes.areas
        used = {topic.area for topic in self._content.topics}
        choices = [
            {"title": nodes.code("areas", area), "payload": _payload("show_topics", "area", area), "icon": icon}
            for area, icon in icons.items()
            if area in used
        ]
        if self._content.passages:
            choices.append({"title": nodes.label(LABELS, "passages"), "payload": "/show_passage", "icon": "pin"})
        return "utter_orientation_areas", {"choices": choices}

    def topics(self, area: str) -> Utterance:
        """The topics of an area of life, to choose from; the areas, if there is none."""
        choices = [
            {"title": nodes.text(topic.title, f"orientation.{topic.id}"), "payload": f"/{topic.intent}", "icon": topic.icon}
            for topic in self._content.topics
            if topic.area == area
        ]
        return ("utter_orientation_topics", {"choices": choices}) if choices else self.areas()

    def passages(self) -> Utterance:
        """All passages of life, to choose from."""
        return "utter_orientation_passages", {"choices": self._passages(self._content.passages)}

    def passage(self, wanted: str, today: date) -> Utterance:
        """The steps of a passage of life, who is competent before and after; all passages, if there is none of this id."""
        passage = self._content.passages.get(wanted)
        if passage is None:
            return self.passages()
        context = f"passage.{passage.id}"
        title = nodes.text(passage.title, context)
        offices = self.offices(self._content.profile.welcome_service)
        card: dict[str, Any] = {"kind": "topic", "title": title, "offices": offices}
        if not passage.is_current(today):
            return "utter_orientation_expired", {"card": card, "passage": passage.id}
        return "utter_orientation_passage", {
            "title": title,
            "passage": passage.id,
            "card": {**card, **_reviewed(passage, context), "steps": [_step(step, context) for step in passage.steps]},
        }

    def _passages(self, wanted: Iterable[str], label: Optional[str] = None) -> list[dict[str, Any]]:
        found = [self._content.passages[name] for name in wanted if name in self._content.passages]
        choices = []
        for passage in found[: PASSAGES_AT_ONCE if label else None]:
            title = nodes.text(passage.title, f"passage.{passage.id}")
            payload = _payload("show_passage", "passage", passage.id)
            shown = nodes.label(label, "passage", title=title) if label else title
            choices.append({"title": shown, "payload": payload, **({"style": "quiet"} if label else {})})
        return choices

    def page(self, found: Mapping[str, str], language: str) -> Utterance:
        """A passage of the municipality's own pages, as it stands there; says so if it is in another language."""
        foreign = found["lang"] != language.split("-")[0]
        note = nodes.label(LABELS, "page_language", language=nodes.language(found["lang"])) if foreign else None
        card = {
            "kind": "page",
            **{key: found[key] for key in ("title", "passage", "url", "lang", "dir")},
            "note": note,
            "open": nodes.label(LABELS, "page_open"),
            "changed": nodes.label(LABELS, "page_changed", date=nodes.day(found["changed"])),
        }
        return "utter_orientation_page", {"card": card}

    def human(self, question: Optional[Question] = None) -> dict[str, Any]:
        """A card that only says where to find a person, near to who asks if that is known."""
        service = self._content.profile.welcome_service
        ranked = offices_for(self._municipality, service, question) if question else ()
        offices = self._shown(((), office) for office in ranked) if ranked else self.offices(service)
        return {"kind": "topic", "title": nodes.label(LABELS, "welcome"), "offices": offices}

    def young(self, question: Question) -> dict[str, Any]:
        """A card of those who help people under 18 in person, by the rules of the municipality."""
        topic = self._content.topic_for(YOUNG)
        if topic is None:
            return self.human(question)
        title = nodes.text(topic.title, f"orientation.{topic.id}")
        return {"kind": "topic", "title": title, **self._where(topic, replace(question, age=MINOR, wants=("support",)))}

    def offices(self, service: str) -> list[dict[str, Any]]:
        """The offices of a service as they are shown."""
        return [_office(office) for office in self._content.offices(service)]


def _payload(intent: str, name: str, value: str) -> str:
    return f"/{intent}" + json.dumps({name: value})


def _step(step: PassageStep, context: str) -> dict[str, Any]:
    who = [
        nodes.label(LABELS, field, who=nodes.text(body, context))
        for field, body in (("before", step.before), ("after", step.after))
        if body
    ]
    return {"text": nodes.text(step.text, context), "who": who}


def _facts(topic: Topic) -> dict[str, Any]:
    context = f"orientation.{topic.id}"
    return {
        **_reviewed(topic, context),
        "steps": [nodes.text(step, context) for step in topic.steps],
        "waiting": nodes.text(topic.waiting, context) if topic.waiting else None,
        "groups": [{"who": nodes.code("groups", who), "text": nodes.text(text, context)} for who, text in topic.groups],
    }


def _reviewed(item: Reviewed, context: str) -> dict[str, Any]:
    return {
        "answer": nodes.text(item.answer, context),
        "bring": [nodes.text(paper, context) for paper in item.bring],
        "notice": nodes.text(item.notice, context) if item.notice else None,
        "source": {"name": item.source_name, "url": item.source_url},
        "reviewed": nodes.label(LABELS, "reviewed", date=nodes.day(item.reviewed.isoformat())),
    }


def _office(office: Office) -> dict[str, Any]:
    return {
        "name": office.name,
        "part_of": office.part_of,
        "street": office.street,
        "postal_code": office.postal_code,
        "city": office.city,
        "directions": office.directions,
        "geo": _geo(office),
        "hours": _hours(office),
        "languages": nodes.listing([nodes.language(tag) for tag in office.languages]) if office.languages else None,
        "phone": office.phone,
        "phone_tel": office.phone_tel,
        "step_free": None if office.step_free is None else nodes.label(LABELS, "step_free" if office.step_free else "steps"),
        "demo": nodes.text(office.demo_note, "directory") if office.demo_note else None,
    }


def _geo(office: Office) -> Optional[str]:
    """A link for the map application of the device (RFC 5870); by address alone, the application looks for it."""
    if not office.street or not office.city:
        return None
    latitude, longitude = office.position or (0, 0)
    address = f"{office.street}, {' '.join(filter(None, (office.postal_code, office.city)))}"
    return f"geo:{latitude},{longitude}?q={quote(address)}"


def _hours(office: Office) -> list[nodes.Node]:
    if not office.hours:
        return [nodes.label(LABELS, "by_appointment")]
    return [
        nodes.label(LABELS, "hours", days=nodes.weekdays([day for day, _, _ in same]), opens=opens, closes=closes)
        for (opens, closes), group in groupby(office.hours, key=lambda hours: hours[1:])
        for same in [list(group)]
    ]

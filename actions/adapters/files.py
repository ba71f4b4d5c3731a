"""The content port over the files that KI staff maintain. Read once at the start; an error names file and field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Optional

import yaml

from actions.adapters.leitfaden import leitfaden
from actions.model.content import (
    CodeLists,
    ConsentText,
    Contact,
    Notice,
    Office,
    Passage,
    PassageStep,
    Profile,
    Retention,
    Topic,
)


class ContentError(Exception):
    """A content file is missing or malformed; the message names the file and what is wrong."""


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"{path}: {error}") from error


class FileContent:
    """Topics, consent texts, directory, profile and code lists of one municipality."""

    def __init__(self, root: Path, tenant: str) -> None:
        """``root`` holds ``data`` and ``contracts``. Raises ContentError."""
        municipality = root / "data/municipalities" / tenant
        try:
            profile = _load(municipality / "profile.yml")
            self.profile = _profile(tenant, profile)
            self.leitfaden = leitfaden(_load(root / "data/intake/leitfaden.yml"), profile)
            self.codes = _codes(_load(root / "contracts/codes-v1.yml"))
            self._offices = _offices(_load(municipality / "directory.yml"))
            self._consents = _consent_texts(_load(root / "data/consent/purposes.yml"))
            notice = _load(root / "data/consent/notice.yml")
            self.notice = Notice(tuple((row["label"], row["text"]) for row in notice["rows"]), notice["authority"])
            passages = [_passage(data) for data in _published(root / "data/passages")]
            topics = [_topic(data) for data in _published(root / "data/orientation")]
        except (KeyError, TypeError, ValueError) as error:
            raise ContentError(f"content of {tenant}: {type(error).__name__}: {error}") from error
        self._topics = {topic.intent: topic for topic in topics}
        self.passages = {passage.id: passage for passage in passages}

    @property
    def topics(self) -> list[Topic]:
        return list(self._topics.values())

    def topic_for(self, intent: str) -> Optional[Topic]:
        return self._topics.get(intent)

    def offices(self, service: str) -> list[Office]:
        return list(self._offices.get(service, ()))

    def consent_text(self, purpose: str) -> ConsentText:
        return self._consents[purpose]


def _profile(tenant: str, data: Any) -> Profile:
    return Profile(
        tenant=tenant,
        name=data["name"],
        service_name=data["service_name"],
        languages=(*data["languages"], *data.get("draft_languages", ())),
        draft_languages=tuple(data.get("draft_languages", ())),
        intake_recipient=data["intake_recipient"],
        interpreter_pool=data["interpreter_pool"]["name"],
        welcome_service=data["welcome_service"],
        spoken_languages=tuple(data["spoken_languages"]),
        integration_centre=data["unit"]["integration_centre"],
        controller=_contact(data["controller"]),
        privacy_contact=_contact(data["privacy_contact"]),
        retention=Retention(**data["retention"]),
    )


def _contact(data: Any) -> Contact:
    address = f"{data['street']}, {data['postal_code']} {data['city']}"
    return Contact(data["name"], address, data["email"], data.get("phone"))


def _codes(data: Any) -> CodeLists:
    lists = ("areas", "helpers", "intake_modules")
    areas, helpers, modules = ({code: entry.get("icon") for code, entry in data[name].items()} for name in lists)
    reasons = frozenset(code for code, entry in data["routing_reasons"].items() if entry.get("on_card"))
    return CodeLists(areas=areas, helpers=helpers, modules=modules, reasons=reasons)


def _published(folder: Path) -> Iterator[Any]:
    """What editors have published; drafts wait for review or for their translations."""
    for path in sorted(folder.glob("*.yml")):
        data = _load(path)
        if data["status"] not in ("published", "draft"):
            raise ValueError(f"{path.name}: status is published or draft")
        if data["status"] == "published":
            yield data


def _reviewed(data: Any) -> dict[str, Any]:
    """The fields of Reviewed."""
    reviewed, valid_until = data["reviewed"], data["valid_until"]
    if not isinstance(reviewed, date) or not isinstance(valid_until, date):
        raise ValueError(f"{data['id']}: reviewed and valid_until must be dates")
    return {
        "id": data["id"],
        "title": data["title"].strip(),
        "answer": data["answer"].strip(),
        "bring": tuple(paper.strip() for paper in data["bring"]),
        "notice": data.get("notice"),
        "source_name": data["source"]["name"],
        "source_url": data["source"]["url"],
        "owner": data["owner"],
        "reviewed": reviewed,
        "valid_until": valid_until,
    }


def _passage(data: Any) -> Passage:
    fields = ("text", "topic", "before", "after")
    steps = tuple(PassageStep(*(step.get(field) for field in fields)) for step in data["steps"])
    return Passage(**_reviewed(data), steps=steps)


def _topic(data: Any) -> Topic:
    return Topic(
        **_reviewed(data),
        intent=data["intent"],
        area=data["area"],
        steps=tuple(step.strip() for step in data["steps"]),
        waiting=data.get("waiting"),
        groups=tuple((group["who"], group["text"].strip()) for group in data.get("groups") or ()),
        situations=tuple(data.get("situations") or ()),
        icon=data["icon"],
        service=data["service"],
    )


def _consent_texts(data: Any) -> dict[str, ConsentText]:
    labels = data["labels"]
    return {
        purpose: ConsentText(
            text_id=text["text_id"],
            asked=text["asked"],
            title=text["title"],
            question=text["question"],
            rows=tuple((label, text[field]) for field, label in labels.items()),
        )
        for purpose, text in data["purposes"].items()
    }


def _offices(data: Any) -> dict[str, list[Office]]:
    organizations = {entry["id"]: entry for entry in data["organizations"]}
    locations = {entry["id"]: entry for entry in data["locations"]}
    offices: dict[str, list[Office]] = {}
    for row in data["service_at_location"]:
        location = locations[row["location_id"]]
        organization = organizations[location["organization_id"]]["name"]
        phone: dict[str, Any] = next(iter(location["phones"]), {})
        accessibility = location.get("accessibility") or {}
        offices.setdefault(row["service_id"], []).append(
            Office(
                id=row["id"],
                name=location["name"],
                part_of=organization if organization != location["name"] else None,
                street=location["address"]["street"],
                postal_code=location["address"]["postal_code"],
                city=location["address"]["city"],
                directions=location.get("transportation"),
                position=(location["latitude"], location["longitude"]) if "latitude" in location else None,
                hours=tuple(
                    (day, schedule["opens_at"], schedule["closes_at"])
                    for schedule in row["schedules"]
                    for day in schedule["byday"].split(",")
                ),
                languages=tuple(language["code"] for language in location["languages"]),
                phone=phone.get("number"),
                phone_tel=phone.get("tel"),
                step_free=accessibility.get("step_free"),
                demo_note=data["demo_note"] if row["demo"] or location["demo"] else None,
            )
        )
    return offices

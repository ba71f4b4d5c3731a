"""What routing reads of a municipality: data/municipalities/<tenant>/*.yml into the model.

The files are checked beforehand by ``scripts/check_municipalities.py``; what is wrong nevertheless is a ContentError.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Optional

import yaml

from actions.adapters.files import ContentError
from actions.model.directory import Directory, Schedule, Service, ServiceAtLocation
from actions.model.places import Centre, Places, Point, Pointer
from actions.model.routing import Municipality, Provider, Rule, Then

CASE_MANAGEMENT = "case_management"


def load_municipality(folder: Path, topics: Path) -> Municipality:
    """The municipality of a folder, with the services of the topics in another. Raises ContentError."""
    profile, directory, places, routing = (
        _read(folder / f"{name}.yml") for name in ("profile", "directory", "places", "routing")
    )
    try:
        where = _places(places)
        return Municipality(
            directory=_directory(directory, where),
            places=where,
            providers=tuple(_provider(entry) for entry in profile["case_management"]["providers"]),
            rules=tuple(_rule(entry) for entry in routing["rules"]),
            fallback=Then(**routing["fallback"]),
            prefer=tuple(routing["prefer"]),
            topics=_topics(topics),
            interpreter_pool=profile["interpreter_pool"]["kind"] != "none",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{folder}: {type(error).__name__}: {error}") from error


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(f"{path}: {error}") from error


def _topics(folder: Path) -> dict[str, tuple[str, str]]:
    found = (_read(path) for path in sorted(folder.glob("*.yml")))
    return {topic["id"]: (topic["service"], topic["area"]) for topic in found}


def _point(data: Mapping[str, Any]) -> Optional[Point]:
    latitude, longitude = data.get("latitude"), data.get("longitude")
    return None if latitude is None or longitude is None else Point(float(latitude), float(longitude))


def _places(data: Any) -> Places:
    centres = {
        name: Centre(Point(float(entry["latitude"]), float(entry["longitude"])), tuple(entry["postal_codes"]))
        for name, entry in data["centres"].items()
    }
    codes = data.get("postal_codes")
    return Places(
        spellings=frozenset(spelling.casefold() for spelling in (data["town"], *data["spellings"])),
        districts={district: tuple(names) for district, names in data["districts"].items()},
        centres=centres,
        postal_codes=(codes[0], codes[1]) if codes else None,
        neighbours=frozenset(name.casefold() for name in data["neighbours"]),
        elsewhere=Pointer(**data["elsewhere"]),
    )


def _directory(data: Any, places: Places) -> Directory:
    locations = {entry["id"]: entry for entry in data["locations"]}
    services = {
        entry["id"]: Service(entry["id"], entry.get("minimum_age"), entry.get("maximum_age"))
        for entry in data["services"]
        if entry["status"] == "active"
    }
    rows = tuple(_service_at_location(row, locations[row["location_id"]], places) for row in data["service_at_location"])
    return Directory(services, rows)


def _service_at_location(row: Any, location: Any, places: Places) -> ServiceAtLocation:
    lies = places.locate(location["address"]["postal_code"], None)
    return ServiceAtLocation(
        id=row["id"],
        service_id=row["service_id"],
        location_id=row["location_id"],
        organization_id=location["organization_id"],
        point=_point(location) or lies.point,
        areas=lies.areas,
        languages=frozenset(language["code"] for language in location["languages"]),
        schedules=tuple(_schedule(entry) for entry in row["schedules"]),
        service_areas=frozenset(row.get("service_areas") or ()),
    )


def _schedule(data: Any) -> Schedule:
    return Schedule(
        byday=frozenset(data["byday"].split(",")),
        opens_at=time.fromisoformat(data["opens_at"]),
        closes_at=time.fromisoformat(data["closes_at"]),
        valid_from=data.get("valid_from"),
        valid_to=data.get("valid_to"),
    )


def _provider(data: Any) -> Provider:
    return Provider(
        id=data["id"],
        organization_id=data["organization_id"],
        service=data.get("service", CASE_MANAGEMENT),
        districts=frozenset(data.get("districts") or ()),
        minimum_age=data.get("minimum_age"),
        maximum_age=data.get("maximum_age"),
        capacity=data["capacity"],
        reserve=data.get("reserve", False),
        on_request=data.get("on_request", False),
    )


def _rule(data: Any) -> Rule:
    if not isinstance(data["date"], date):
        raise ValueError(f"rule {data['id']}: date must be a date")
    return Rule(
        id=data["id"],
        when=data["when"],
        unless=data.get("unless") or {},
        then=Then(**data["then"]),
        source=f"{data['source']['name']} ({data['source']['as_of']})",
        date=data["date"],
        owner=data["owner"],
        valid_until=data.get("valid_until"),
    )

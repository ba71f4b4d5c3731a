"""Whether everything exists that the files of a municipality name, so that no topic and no rule leads to nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FILES = ("profile", "directory", "places", "routing")
COMPLAINT = "complaint"
"""A topic without a page of its own: a complaint is routed, not explained."""
ORGANIZATION = "organization of directory.yml"
SERVICE = "service of directory.yml"
LOCATION = "location of directory.yml"
PLACE = "district or place of places.yml"
PROVIDER = "provider of profile.yml"
TOPIC = "topic of data/orientation"
MODULE, SENSITIVE = (f"entry of data/intake/leitfaden.yml, {name}" for name in ("modules", "sensitive"))
CIRCUMSTANCE = "group of codes-v1.yml or circumstance of routing.yml"
AREA, HELPER, REASON = (f"code of codes-v1.yml, list {name}" for name in ("areas", "helpers", "routing_reasons"))
CONDITIONS = {
    "topics": TOPIC,
    "areas": AREA,
    "helped_by": HELPER,
    "declined_by": HELPER,
    "circumstances": CIRCUMSTANCE,
    "provider": PROVIDER,
    "free": PROVIDER,
    "districts": PLACE,
}
"""What the values of a rule's condition must be."""
LEADS_TO = (("service", SERVICE, "of_topic"), ("way_back", SERVICE, ""), ("provider", PROVIDER, "competent"))
"""What a rule leads to, and the word that stands for none in particular."""


class Context:
    """What the files refer to: topics with their services, the code lists, and the Leitfaden."""

    def __init__(self, topics: Mapping[str, str], codes: Mapping[str, Any], leitfaden: Mapping[str, Any], today: date) -> None:
        self.topics = topics
        self.codes = codes
        self.leitfaden = leitfaden
        self.today = today


def meant(name: object, known: Iterable[object]) -> str:
    """A hint at a name that looks alike."""
    close = get_close_matches(str(name), [str(one) for one in known], n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def references(tenant: str, files: Mapping[str, Any], context: Context) -> Iterator[str]:
    directory, places = files["directory"], files["places"]
    offices: dict[str, list[Any]] = {service["id"]: [] for service in directory["services"] if service["status"] == "active"}
    for row in directory["service_at_location"]:
        if row["service_id"] in offices:
            offices[row["service_id"]].append(row)
    known = {
        ORGANIZATION: [entry["id"] for entry in directory["organizations"]],
        SERVICE: [entry["id"] for entry in directory["services"]],
        LOCATION: [entry["id"] for entry in directory["locations"]],
        PLACE: [name for district, names in places["districts"].items() for name in (district, *names)],
        PROVIDER: [entry["id"] for entry in files["profile"]["case_management"]["providers"]],
        TOPIC: [*context.topics, COMPLAINT],
        MODULE: list(context.leitfaden["modules"]),
        SENSITIVE: list(context.leitfaden["sensitive"]),
        CIRCUMSTANCE: [*context.codes["groups"], *files["routing"]["circumstances"]],
        AREA: list(context.codes["areas"]),
        HELPER: list(context.codes["helpers"]),
        REASON: list(context.codes["routing_reasons"]),
    }
    for file, where, value, kind in _named(files):
        if value not in known[kind]:
            yield f"{file}.yml: {where}: {value!r} is no {kind}{meant(value, known[kind])}"
    for topic, service in context.topics.items():
        if not offices.get(service):
            yield f"directory.yml: the topic {topic!r} leads to the service {service!r}; it needs a place in service_at_location"
    yield from _profile(tenant, files, offices)
    yield from _places(places)
    yield from _directory(directory)
    yield from _routing(files, offices)
    yield from _dates(files, context.today)


def _named(files: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Everything that is named: file, place in the file, value, and what it must be."""
    directory, profile, routing = files["directory"], files["profile"], files["routing"]
    for entry in directory["organizations"]:
        if entry["parent_organization_id"]:
            yield "directory", f"{entry['id']} > parent_organization_id", entry["parent_organization_id"], ORGANIZATION
    for entry in directory["services"]:
        yield "directory", f"{entry['id']} > organization_id", entry["organization_id"], ORGANIZATION
        yield "directory", f"{entry['id']} > area", entry["area"], AREA
    for entry in directory["locations"]:
        yield "directory", f"{entry['id']} > organization_id", entry["organization_id"], ORGANIZATION
    for row in directory["service_at_location"]:
        yield "directory", f"{row['id']} > service_id", row["service_id"], SERVICE
        yield "directory", f"{row['id']} > location_id", row["location_id"], LOCATION
        for area in row.get("service_areas", ()):
            yield "directory", f"{row['id']} > service_areas", area, PLACE
    yield "profile", "welcome_service", profile["welcome_service"], SERVICE
    for entry in profile["case_management"]["providers"]:
        yield "profile", f"{entry['id']} > organization_id", entry["organization_id"], ORGANIZATION
        for district in entry.get("districts", ()):
            yield "profile", f"{entry['id']} > districts", district, PLACE
    intake = profile.get("intake", {})
    for name in intake.get("modules", {}):
        yield "profile", "intake > modules", name, MODULE
    for entry in intake.get("sensitive", ()):
        yield "profile", "intake > sensitive", entry["id"], SENSITIVE
    for name in files["places"]["centres"]:
        yield "places", "centres", name, PLACE
    yield "routing", "fallback > service", routing["fallback"]["service"], SERVICE
    yield "routing", "fallback > reason", routing["fallback"]["reason"], REASON
    for rule in routing["rules"]:
        then = rule["then"]
        yield "routing", f"{rule['id']} > then > reason", then["reason"], REASON
        for field, kind, but in LEADS_TO:
            if then.get(field, but) != but:
                yield "routing", f"{rule['id']} > then > {field}", then[field], kind
        for part in ("when", "unless"):
            for name in CONDITIONS.keys() & rule.get(part, {}).keys():
                for value in rule[part][name]:
                    yield "routing", f"{rule['id']} > {part} > {name}", value, CONDITIONS[name]


def _profile(tenant: str, files: Mapping[str, Any], offices: Mapping[str, list[Any]]) -> Iterator[str]:
    profile = files["profile"]
    if profile["id"] != tenant:
        yield f"profile.yml: id: {profile['id']!r} must be the name of the folder, {tenant!r}"
    try:
        ZoneInfo(profile["time_zone"])
    except (ZoneInfoNotFoundError, ValueError):
        yield f"profile.yml: time_zone: {profile['time_zone']!r} is no time zone; Germany is 'Europe/Berlin'"
    offered = {language.split("-")[0] for language in (*profile["languages"], *profile.get("draft_languages", ()))}
    for language in sorted(offered - set(profile["spoken_languages"])):
        yield f"profile.yml: spoken_languages: {language!r} is offered in the chat and must be here too"
    cm = profile["case_management"]
    kinds = {provider["kind"] for provider in cm["providers"]}
    if kinds != ({"municipal", "welfare"} if cm["model"] == "municipal_and_welfare" else {cm["model"]}):
        yield f"profile.yml: case_management > model: {cm['model']!r} does not fit its providers ({', '.join(sorted(kinds))})"
    organizations = {location["id"]: location["organization_id"] for location in files["directory"]["locations"]}
    for provider in cm["providers"]:
        service = provider.get("service", "case_management")
        rows = [row for row in offices.get(service, ()) if organizations.get(row["location_id"]) == provider["organization_id"]]
        if not rows:
            yield (
                f"profile.yml: {provider['id']}: directory.yml has no place of {provider['organization_id']!r} for the service"
                f" {service!r}: nobody would find this provider"
            )
    general = [provider for provider in cm["providers"] if not provider.get("on_request")]
    for district in files["places"]["districts"]:
        if all("districts" in provider and district not in provider["districts"] for provider in general):
            yield f"profile.yml: case_management > providers: nobody is there for the district {district!r}"


def _places(places: Mapping[str, Any]) -> Iterator[str]:
    codes = places.get("postal_codes")
    if codes and codes[0] > codes[1]:
        yield "places.yml: postal_codes: the first must not be greater than the last"
    if not codes and not any(centre["postal_codes"] for centre in places["centres"].values()):
        yield "places.yml: no postal code belongs to this municipality: everybody would be outside"


def _directory(directory: Mapping[str, Any]) -> Iterator[str]:
    for service in directory["services"]:
        if (service.get("minimum_age") or 0) > (120 if service.get("maximum_age") is None else service["maximum_age"]):
            yield f"directory.yml: {service['id']}: minimum_age is greater than maximum_age"
    for entry in (*directory["locations"], *directory["service_at_location"]):
        if not entry["demo"] and not (entry["assured_date"] and entry["assurer"]):
            yield f"directory.yml: {entry['id']}: demo: false needs the day of the check and who did it (assured_date, assurer)"
        if entry["demo"] and entry["assured_date"]:
            yield f"directory.yml: {entry['id']}: it was checked (assured_date) and yet is marked as invented (demo: true)"
    for row in directory["service_at_location"]:
        if not row["schedules"] and not row["description"]:
            yield f"directory.yml: {row['id']}: without opening hours, description says how to get an appointment"
        for schedule in row["schedules"]:
            if schedule["opens_at"] >= schedule["closes_at"]:
                yield f"directory.yml: {row['id']}: it opens at {schedule['opens_at']} and closes at {schedule['closes_at']}"


def _routing(files: Mapping[str, Any], offices: Mapping[str, list[Any]]) -> Iterator[str]:
    routing = files["routing"]
    rows = offices.get(routing["fallback"]["service"], ())
    served = {area for row in rows for area in row.get("service_areas", ())}
    if not any("service_areas" not in row for row in rows) and set(files["places"]["districts"]) - served:
        yield "routing.yml: fallback: its service needs a place that is there for everybody, or one for every district"
    if not any(rule["then"]["kind"] == "outside" for rule in routing["rules"]):
        yield "routing.yml: rules: none is for people outside the municipality (then: {kind: outside, …})"
    for rule in routing["rules"]:
        then = rule["then"]
        if then["kind"] == "case_management" and "provider" not in then:
            yield f"routing.yml: {rule['id']} > then: case_management needs a provider: the id of one, or competent"
        for field in ("service", "way_back"):
            if then.get(field, "of_topic") != "of_topic" and then[field] in offices and not offices[then[field]]:
                yield f"routing.yml: {rule['id']} > then > {field}: {then[field]!r} has no place in service_at_location"
        if "valid_until" in rule and rule["valid_until"] < rule["date"]:
            yield f"routing.yml: {rule['id']}: valid_until lies before date"


def _dates(files: Mapping[str, Any], today: date) -> Iterator[str]:
    checked = [(name, "reviewed", files[name]["reviewed"]) for name in FILES]
    checked += [("routing", f"{rule['id']} > date", rule["date"]) for rule in files["routing"]["rules"]]
    checked += [
        ("directory", f"{entry['id']} > assured_date", entry["assured_date"])
        for listed in ("services", "locations", "service_at_location")
        for entry in files["directory"][listed]
        if entry["assured_date"]
    ]
    for file, where, text in checked:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            yield f"{file}.yml: {where}: {text} is no day of the calendar"
            continue
        if day > today:
            yield f"{file}.yml: {where}: {text} lies in the future"

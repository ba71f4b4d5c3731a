"""Exchange a directory with others as Open Referral HSDS 3 JSON.

    python scripts/hsds.py export <municipality> > directory.json
    python scripts/hsds.py import directory.json > data/municipalities/<municipality>/directory.yml

The JSON holds ``organizations`` (each with its ``locations``) and ``services`` (each with its ``service_at_locations``), every
entry of the shape of its HSDS schema; a page of services of an HSDS API can be imported too. HSDS asks for UUIDs: they are made
from our ids, so an export names the same thing the same way every time. What HSDS has no field for (our short id, demo, who
assured it …) travels as an attribute with link_type ``kim-lotse``, so what was exported and imported again is equal. In a foreign
directory such attributes are missing: short ids are then made from the UUIDs, and check_municipalities.py says what is missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

ROOT = Path(__file__).resolve().parent.parent
STATE = "Nordrhein-Westfalen"
OWN = "kim-lotse"
Json = dict[str, Any]


def export(tenant: str, directory: Mapping[str, Any]) -> Json:
    """A directory of ours as HSDS."""
    return {
        "hsds_version": "3.1",
        "publisher": {name: _day(directory[name]) for name in ("demo_note", "owner", "reviewed")},
        "organizations": [_organization(tenant, entry, directory) for entry in directory["organizations"]],
        "services": [_service(tenant, entry, directory) for entry in directory["services"]],
    }


def import_(data: Mapping[str, Any]) -> Json:
    """HSDS as a directory of ours, in the order of the original where it came from us."""
    data = _of_page(data["contents"]) if "contents" in data else data
    slugs = {entry["id"]: _slug(entry) for entry in _all(data)}
    rows = [(service["id"], row) for service in data["services"] for row in service.get("service_at_locations", ())]
    locations = [(entry["id"], location) for entry in data["organizations"] for location in entry.get("locations", ())]
    return {
        **{name: _date(value) for name, value in (data.get("publisher") or {}).items()},
        "organizations": [_read_organization(entry, slugs) for entry in data["organizations"]],
        "services": [_read_service(entry, slugs) for entry in data["services"]],
        "locations": [_read_location(location, owner, slugs) for owner, location in sorted(locations, key=_order)],
        "service_at_location": [_read_row(row, service, slugs) for service, row in sorted(rows, key=_order)],
    }


def _uuid(tenant: str, kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:kim-lotse:{tenant}:{kind}:{name}"))


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def _entry(tenant: str, kind: str, entry: Mapping[str, Any], fields: tuple[str, ...], own: tuple[str, ...], **more: Any) -> Json:
    """The fields that HSDS knows as they are, our own ones as attributes."""
    attributes = [
        {
            "id": _uuid(tenant, "attribute", f"{kind}.{entry['id']}.{name}"),
            "link_entity": kind,
            "link_type": OWN,
            "label": name,
            "value": json.dumps(_day(entry[name]), ensure_ascii=False),
        }
        for name in ("id", *own)
        if name in entry
    ]
    known = {name: _day(entry[name]) for name in fields if entry.get(name) is not None}
    return {"id": _uuid(tenant, kind, entry["id"]), **known, **more, "attributes": attributes}


def _parts(tenant: str, kind: str, of: str, entries: Any) -> list[Json]:
    return [{"id": _uuid(tenant, kind, f"{of}.{number}"), **entry} for number, entry in enumerate(entries)]


def _numbered(entries: Sequence[Json], key: str, wanted: str) -> list[tuple[int, Json]]:
    """The entries that belong to something, with their places in the list."""
    return [(number, entry) for number, entry in enumerate(entries) if entry[key] == wanted]


def _organization(tenant: str, entry: Mapping[str, Any], directory: Mapping[str, Any]) -> Json:
    parent = entry["parent_organization_id"]
    own = _numbered(directory["locations"], "organization_id", entry["id"])
    return _entry(
        tenant,
        "organization",
        entry,
        ("name", "website", "email"),
        ("name_source",),
        description=entry.get("description", entry["name"]),
        **({"parent_organization_id": _uuid(tenant, "organization", parent)} if parent else {}),
        locations=[_location(tenant, location, number) for number, location in own],
    )


def _location(tenant: str, entry: Mapping[str, Any], number: int) -> Json:
    name, address = entry["id"], entry["address"]
    postal = {field: address[field] for field in ("city", "postal_code", "country")}
    tel = {phone["number"]: phone["tel"] for phone in entry["phones"] if "tel" in phone}
    return _entry(
        tenant,
        "location",
        {**entry, "order": number, "step_free": (entry["accessibility"] or {}).get("step_free"), "tel": tel},
        ("name", "location_type", "transportation", "latitude", "longitude"),
        ("step_free", "tel", "demo", "assured_date", "assurer", "order"),
        addresses=_parts(
            tenant,
            "address",
            name,
            [{"address_1": address["street"], **postal, "state_province": STATE, "address_type": "physical"}],
        ),
        phones=_parts(tenant, "phone", name, [{"number": phone["number"], "type": phone["type"]} for phone in entry["phones"]]),
        languages=_parts(tenant, "language", name, entry["languages"]),
        accessibility=_parts(
            tenant, "accessibility", name, [{"description": one["description"]} for one in [entry["accessibility"]] if one]
        ),
    )


def _service(tenant: str, entry: Mapping[str, Any], directory: Mapping[str, Any]) -> Json:
    own = _numbered(directory["service_at_location"], "service_id", entry["id"])
    return _entry(
        tenant,
        "service",
        entry,
        ("name", "description", "eligibility_description", "minimum_age", "maximum_age", "status", "assured_date"),
        ("area", "assurer"),
        organization_id=_uuid(tenant, "organization", entry["organization_id"]),
        service_at_locations=[_row(tenant, row, number) for number, row in own],
    )


def _row(tenant: str, entry: Mapping[str, Any], number: int) -> Json:
    areas = [{"name": name, "extent": name, "extent_type": "name"} for name in entry.get("service_areas", ())]
    schedules = [{field: _day(value) for field, value in schedule.items()} for schedule in entry["schedules"]]
    return _entry(
        tenant,
        "service_at_location",
        {**entry, "order": number},
        ("description",),
        ("demo", "assured_date", "assurer", "order"),
        location_id=_uuid(tenant, "location", entry["location_id"]),
        **({"service_areas": _parts(tenant, "service_area", entry["id"], areas)} if areas else {}),
        schedules=_parts(tenant, "schedule", entry["id"], schedules),
    )


def _of_page(services: list[Json]) -> Json:
    """A page of services of an HSDS API, which repeats organization and location within every service."""
    organizations: dict[str, Json] = {}
    locations: dict[str, Json] = {}
    for service in services:
        organization = organizations.setdefault(service["organization"]["id"], {**service["organization"], "locations": []})
        for row in service.get("service_at_locations", ()):
            if row["location"]["id"] not in locations:
                locations[row["location"]["id"]] = row["location"]
                organization["locations"].append(row["location"])
    return {"organizations": list(organizations.values()), "services": services}


def _all(data: Mapping[str, Any]) -> list[Json]:
    found: list[Json] = []
    for organization in data["organizations"]:
        found += [organization, *organization.get("locations", ())]
    for service in data["services"]:
        found += [service, *service.get("service_at_locations", ())]
    return found


def _own(entry: Mapping[str, Any]) -> Json:
    attributes = entry.get("attributes") or ()
    return {one["label"]: _date(json.loads(one["value"])) for one in attributes if one.get("link_type") == OWN}


def _slug(entry: Mapping[str, Any]) -> str:
    return str(_own(entry).get("id") or "id_" + entry["id"].replace("-", "_").lower())


def _order(pair: tuple[str, Json]) -> int:
    return int(_own(pair[1]).get("order", 0))


def _has(entry: Mapping[str, Any], *fields: str) -> Json:
    return {field: entry[field] for field in fields if field in entry}


def _checked(own: Mapping[str, Any]) -> Json:
    return {"demo": own.get("demo", False), "assured_date": own.get("assured_date"), "assurer": own.get("assurer")}


def _read_organization(entry: Mapping[str, Any], slugs: Mapping[str, str]) -> Json:
    own = _own(entry)
    described = _has(entry, "description") if entry.get("description") != entry["name"] else {}
    return {
        "id": slugs[entry["id"]],
        **_has(entry, "name", "website", "email"),
        **described,
        "parent_organization_id": slugs.get(entry.get("parent_organization_id") or ""),
        "name_source": own.get("name_source", "HSDS"),
    }


def _read_service(entry: Mapping[str, Any], slugs: Mapping[str, str]) -> Json:
    own = _own(entry)
    return {
        "id": slugs[entry["id"]],
        "organization_id": slugs.get(entry.get("organization_id") or (entry.get("organization") or {}).get("id", "")),
        "area": own.get("area"),
        "description": entry.get("description", entry["name"]),
        **_has(entry, "name", "eligibility_description", "minimum_age", "maximum_age", "status"),
        "assured_date": _date(entry.get("assured_date")),
        "assurer": own.get("assurer") or entry.get("assurer_email"),
    }


def _read_location(entry: Mapping[str, Any], organization: str, slugs: Mapping[str, str]) -> Json:
    own = _own(entry)
    address: Mapping[str, Any] = next(iter(entry.get("addresses") or ()), {})
    phones = [{"number": phone["number"], "type": phone.get("type", "voice")} for phone in entry.get("phones") or ()]
    tel = own.get("tel") or {}
    access = next((one["description"] for one in entry.get("accessibility") or ()), None)
    return {
        "id": slugs[entry["id"]],
        "organization_id": slugs[organization],
        **_has(entry, "name", "location_type", "transportation", "latitude", "longitude"),
        "address": {"street": address.get("address_1"), **_has(address, "postal_code", "city", "country")},
        "phones": [{**phone, **({"tel": tel[phone["number"]]} if phone["number"] in tel else {})} for phone in phones],
        "languages": [_has(language, "code", "name") for language in entry.get("languages") or ()],
        "accessibility": {"step_free": own.get("step_free"), "description": access} if access else None,
        **_checked(own),
    }


def _read_row(entry: Mapping[str, Any], service: str, slugs: Mapping[str, str]) -> Json:
    areas = [area["name"] for area in entry.get("service_areas") or ()]
    return {
        "id": slugs[entry["id"]],
        "service_id": slugs[service],
        "location_id": slugs.get(entry.get("location_id") or (entry.get("location") or {}).get("id", "")),
        **({"service_areas": areas} if areas else {}),
        "schedules": [_read_schedule(schedule) for schedule in entry.get("schedules") or ()],
        "description": entry.get("description"),
        **_checked(_own(entry)),
    }


def _read_schedule(entry: Mapping[str, Any]) -> Json:
    # Elsewhere times carry seconds and an offset; ours are those of the clock at the office.
    times = {name: entry[name][:5] for name in ("opens_at", "closes_at") if name in entry}
    validity = {name: _date(value) for name, value in _has(entry, "valid_from", "valid_to").items()}
    return {**_has(entry, "freq", "byday"), **times, **validity}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ("export", "import"):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments[0] == "export":
        path = ROOT / "data/municipalities" / arguments[1] / "directory.yml"
        found = export(arguments[1], yaml.safe_load(path.read_text(encoding="utf-8")))
        json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    else:
        imported = import_(json.loads(Path(arguments[1]).read_text(encoding="utf-8")))
        yaml.safe_dump(imported, sys.stdout, allow_unicode=True, sort_keys=False, width=130)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

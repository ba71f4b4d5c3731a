"""Check the municipalities: ``python scripts/check_municipalities.py [folder …]``; without a folder, all of data/municipalities.

First the form (contracts/municipality-v1.schema.json, contracts/routing-v1.schema.json), then whether all that is named exists
(municipality_references.py). Every message says file, place in the file, and what is wrong.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Optional

import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.municipality_references import FILES, Context, meant, references  # noqa: E402 - the path comes first

LISTS = {"directory": ("organizations", "services", "locations", "service_at_location"), "routing": ("rules",)}
KINDS = {
    "string": "text in quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a group of fields",
    "null": "null",
}


def context_of_repository(today: Optional[date] = None) -> Context:
    """The topics, code lists and Leitfaden of this repository."""
    topics = [_load(path) for path in sorted((ROOT / "data/orientation").glob("*.yml"))]
    codes = _load(ROOT / "contracts/codes-v1.yml")
    leitfaden = _load(ROOT / "data/intake/leitfaden.yml")
    return Context({topic["id"]: topic["service"] for topic in topics}, codes, leitfaden, today or date.today())


def problems(folder: Path, context: Context) -> list[str]:
    """All that is wrong in a folder; references are only checked once the form is right."""
    files: dict[str, Any] = {}
    found = []
    for name in FILES:
        try:
            files[name] = _plain(_load(folder / f"{name}.yml"))
        except FileNotFoundError:
            found.append(f"{folder.name}/{name}.yml: this file is missing")
        except (OSError, ValueError, yaml.YAMLError) as error:
            found.append(f"{folder.name}/{name}.yml: cannot be read: {' '.join(str(error).split())}")
    if not found:
        found = [f"{folder.name}/{line}" for line in (*_form(files), *_uniqueness(files))]
    return found or [f"{folder.name}/{line}" for line in references(folder.name, files, context)]


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _plain(data: Any) -> Any:
    """Dates as text, as the schemas know them."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, date) else data


def _form(files: Mapping[str, Any]) -> Iterator[str]:
    municipality = {name: files[name] for name in ("profile", "directory", "places")}
    for error in _validator("municipality").iter_errors(municipality):
        path = list(error.absolute_path)
        yield f"{path[0]}.yml: {_where(files[str(path[0])], path[1:])}{_what(error)}"
    for error in _validator("routing").iter_errors(files["routing"]):
        yield f"routing.yml: {_where(files['routing'], list(error.absolute_path))}{_what(error)}"


def _validator(name: str) -> Any:
    schema = json.loads((ROOT / f"contracts/{name}-v1.schema.json").read_text(encoding="utf-8"))
    # jsonschema 4.17, which Rasa's pins allow, looks for "#/$defs" of a urn on the network.
    del schema["$id"]
    return Draft202012Validator(schema)


def _where(data: Any, path: Iterable[Any]) -> str:
    """The place in the file; an entry of a list by its id."""
    names = []
    for step in path:
        data = data[step]
        names.append(str(data["id"] if isinstance(data, dict) and isinstance(step, int) and "id" in data else step))
    return " > ".join(names) + ": " if names else ""


def _what(error: Any) -> str:
    value, rule = error.instance, error.validator_value
    if error.validator in ("anyOf", "oneOf"):
        return _what(next(iter(error.context)))
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [name for name in value if name not in known]
        return "; ".join(f"there is no field {name!r}{meant(name, known)}" for name in unknown)
    if error.validator == "required":
        missing = next(name for name in rule if name not in value)
        meaning = error.schema.get("properties", {}).get(missing, {}).get("description")
        return f"the field {missing!r} is missing" + (f": {meaning}" if meaning else "")
    if error.validator in ("enum", "const"):
        allowed = rule if error.validator == "enum" else [rule]
        return f"{value!r} is not one of: {', '.join(map(str, allowed))}"
    if error.validator == "pattern":
        return f"{value!r} is not {error.schema.get('description', 'of the form ' + rule)}"
    if error.validator == "type":
        wanted = " or ".join(KINDS[kind] for kind in ([rule] if isinstance(rule, str) else rule))
        return f"{value!r} must be {wanted}"
    if error.validator in ("minItems", "minProperties", "minLength"):
        return "must not be empty"
    if error.validator == "not":
        return "somebody outside is not sent to a service: leave the field 'service' out"
    return str(error.message)


def _uniqueness(files: Mapping[str, Any]) -> Iterator[str]:
    for name, lists in LISTS.items():
        for listed in lists:
            entries = files[name].get(listed) if isinstance(files[name], dict) else None
            ids = [entry["id"] for entry in entries or () if isinstance(entry, dict) and "id" in entry]
            for double in sorted({one for one in ids if ids.count(one) > 1}):
                yield f"{name}.yml: {listed}: the id {double!r} is there twice"


def main(arguments: list[str]) -> int:
    context = context_of_repository()
    folders = [Path(argument) for argument in arguments] or sorted(
        path for path in (ROOT / "data/municipalities").iterdir() if path.is_dir()
    )
    wrong = [line for folder in folders for line in problems(folder, context)]
    for line in wrong:
        print(line)
    print(f"{len(wrong)} problems" if wrong else f"{', '.join(folder.name for folder in folders)}: in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

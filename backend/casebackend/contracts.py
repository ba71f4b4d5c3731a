"""The contracts of the hand-over, read from the files both sides share (contracts/)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from casebackend.errors import SchemaViolation

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# The largest revision a database integer holds; the schema names no limit.
_LARGEST_REVISION = 2**63 - 1

formats = FormatChecker(["uuid"])


@formats.checks("date-time", raises=(ValueError, OverflowError))
def _is_date_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(_RFC3339.fullmatch(value) and datetime.fromisoformat(value).astimezone(UTC))


@dataclass(frozen=True)
class Reason:
    """Why a case is in a state, and the sentence the person is told."""

    code: str
    label: str


@dataclass(frozen=True)
class State:
    """A state of a case with the reasons that can lead to it."""

    code: str
    label: str
    reasons: tuple[Reason, ...]


class Codes:
    """The code lists of codes-v1.yml with their German labels."""

    def __init__(self, lists: dict[str, dict[str, Any]]) -> None:
        self._lists = lists
        self.states = tuple(
            State(code, _label(entry), tuple(Reason(key, _label(value)) for key, value in entry["reasons"].items()))
            for code, entry in lists["states"].items()
        )

    def of(self, name: str) -> list[str]:
        """All codes of a list, in its order."""
        return list(self._lists[name])

    def label(self, name: str, code: str) -> str:
        """The German label, or the code itself where the list does not know it: nothing handed over gets lost."""
        entry = self._lists[name].get(code)
        return _label(entry) if entry else code

    def reason(self, state: str, code: str) -> str:
        """The sentence of a reason, or the code itself where the list does not know it."""
        for candidate in self.states:
            for reason in candidate.reasons:
                if (candidate.code, reason.code) == (state, code):
                    return reason.label
        return code

    def has_reason(self, state: str, code: str) -> bool:
        return any(s.code == state and r.code == code for s in self.states for r in s.reasons)


class Contracts:
    """Validators and code lists of one version of the contracts."""

    def __init__(self, folder: Path) -> None:
        intake = json.loads((folder / "intake-v1.schema.json").read_text(encoding="utf-8"))
        self.openapi = yaml.safe_load((folder / "backend-v1.openapi.yml").read_text(encoding="utf-8"))
        self.codes = Codes(yaml.safe_load((folder / "codes-v1.yml").read_text(encoding="utf-8")))
        self._intake = Draft202012Validator(intake, format_checker=formats)
        self._hold = self.component("Hold")
        self._language = Draft202012Validator(intake["$defs"]["language"])

    def component(self, name: str) -> Draft202012Validator:
        """A validator of one schema of backend-v1.openapi.yml."""
        schema = {"$ref": f"#/components/schemas/{name}", "components": self.openapi["components"]}
        return Draft202012Validator(schema, format_checker=formats)

    def read_intake(self, body: bytes) -> dict[str, Any]:
        """Parse and check an intake.

        Raises:
            SchemaViolation: it is not JSON, breaks intake-v1.schema.json or holds text that no database can keep.
        """
        intake = _read(body, self._intake)
        intake["revision"] = int(intake["revision"])
        if intake["revision"] > _LARGEST_REVISION:
            raise SchemaViolation([{"path": "revision", "message": f"maximum: {_LARGEST_REVISION}"}])
        return intake

    def read_hold(self, body: bytes) -> dict[str, Any]:
        """Parse and check the body of a hold.

        Raises:
            SchemaViolation: it is not JSON, breaks the schema `Hold` or names no language.
        """
        hold = _read(body, self._hold)
        if not self._language.is_valid(hold["language"]):
            raise SchemaViolation([{"path": "language", "message": "not a language code as in intake-v1"}])
        return hold


def _label(entry: dict[str, Any]) -> str:
    # In {label: one, two} YAML takes "two" for a key without value; the sentence must not lose its second half.
    return ", ".join([entry["label"], *(key for key, value in entry.items() if value is None)])


def _read(body: bytes, validator: Draft202012Validator) -> dict[str, Any]:
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise SchemaViolation([{"path": "", "message": "not a JSON document"}]) from None
    errors = [_describe(error) for error in validator.iter_errors(document)] or [
        {"path": path, "message": "no NUL and no lone surrogates"} for path in _unstorable(document, "")
    ]
    if errors:
        raise SchemaViolation(errors)
    checked: dict[str, Any] = document
    return checked


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _describe(error: ValidationError) -> dict[str, str]:
    # error.message would quote the value, and values are personal data.
    return {
        "path": ".".join(str(part) for part in error.absolute_path),
        "message": f"{error.validator}: {json.dumps(error.validator_value, ensure_ascii=False)[:200]}",
    }


def _unstorable(value: object, path: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _unstorable(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unstorable(item, f"{path}.{index}")

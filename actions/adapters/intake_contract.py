"""What leaves the house is checked against contracts/intake-v1.schema.json where the receiver cannot check it for us."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from actions.model.consent import Purpose
from actions.model.errors import BackendRefused

SCHEMA = Path(__file__).resolve().parents[2] / "contracts/intake-v1.schema.json"
WITHDRAWN = "consent.withdrawn"
TOLD: Mapping[str, str] = {"case": "told", "appointment": "none", "interpreter": "none"}
"""What became of a case whose recipient got that event and has no calendar of ours."""


@functools.lru_cache(maxsize=1)
def _contract() -> tuple[str, Draft202012Validator]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    # This version of jsonschema finds no "#/$defs" below a name that is an URN.
    name = str(schema.pop("$id"))
    return name, Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def schema_id() -> str:
    """The name of the contract."""
    return _contract()[0]


def encoded(payload: dict[str, Any]) -> bytes:
    """The one spelling of an intake: the same content is the same bytes. Raises BackendRefused("schema_violation")."""
    if not _contract()[1].is_valid(payload):
        raise BackendRefused("schema_violation")
    return _bytes(payload)


def withdrawal(external_id: str, purpose: Purpose) -> bytes:
    """The event that tells a recipient of intakes that a consent was taken back (docs/handover.md)."""
    return _bytes({"type": WITHDRAWN, "data": {"external_id": external_id, "purpose": purpose.value}})


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

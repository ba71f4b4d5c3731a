"""The intake as it is handed over: contracts/intake-v1.schema.json, built from the answers and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Optional
from uuid import NAMESPACE_OID, uuid5

from actions.model import slots
from actions.model.answer import Answer, Answers, Provenance
from actions.model.consent import Consent
from actions.model.leitfaden import Entry, Kind
from actions.model.questions import Journey
from actions.model.signals import signals

PLACED = frozenset(
    {
        slots.AREAS,
        slots.HELPERS,
        slots.GOAL,
        slots.NAME,
        slots.CONTACT,
        slots.INTERPRETER_LANGUAGE,
        slots.INTERPRETER_NEEDED,
        slots.MODULES,
    }
)
"""Answers that have their own place in the document; all others stand in a list."""


def intake_id_for(conversation_id: str, run: int) -> str:
    """The id of the n-th intake of a conversation: the same however often a step is repeated."""
    return str(uuid5(NAMESPACE_OID, f"intake:{conversation_id}:{run}"))


def delivery_key(payload: Mapping[str, Any]) -> str:
    """The name of one hand-over: the same for every repetition, another one for a later revision."""
    return f"intake:{payload['external_id']}:{payload['revision']}"


def build(
    *,
    intake_id: str,
    tenant: str,
    channel: str,
    language: str,
    answers: Answers,
    journey: Journey,
    consents: Sequence[Consent],
    at: datetime,
) -> dict[str, Any]:
    """The hand-over document. What was not asked or not answered is there as "skipped", never as "no".

    ``leitfaden`` says by which version was asked, and what was said beyond what has its own place.
    """
    further = [entry for entry in journey.answered(answers) if entry.slot not in PLACED]
    return {
        "version": "intake-v1",
        "external_id": intake_id,
        "revision": 1,
        "submitted_at": at.isoformat(timespec="seconds"),
        "tenant": tenant,
        "channel": channel,
        "conversation_language": language,
        "written_by": answers.value(slots.WRITER) or "person",
        "person": {
            "name": _text(answers.get(slots.NAME), german=False),
            "contact": _contact(answers.get(slots.CONTACT)),
            "language": _language(answers.get(slots.INTERPRETER_LANGUAGE)),
            "interpreter_needed": _plain(answers.get(slots.INTERPRETER_NEEDED)),
        },
        "needs": {
            "areas": _codes(answers.get(slots.AREAS)),
            "helpers": _codes(answers.get(slots.HELPERS)),
            "goal": _text(answers.get(slots.GOAL), german=True),
        },
        "consents": [
            {
                "consent_id": consent.consent_id,
                "purpose": consent.purpose.value,
                "recipient": consent.recipient,
                "text_id": consent.text_id,
                "text_hash": consent.text_hash,
                "language_shown": consent.language_shown,
                "granted_at": consent.granted_at,
                "channel": consent.channel,
            }
            for consent in consents
        ],
        "signals": [{"code": signal.code, "because": list(signal.because)} for signal in signals(answers)],
        "leitfaden": {
            "version": journey.leitfaden.version,
            "valid_from": journey.leitfaden.valid_from.isoformat(),
            "modules": _codes(answers.get(slots.MODULES)),
            "answers": [_further(entry, answers[entry.slot]) for entry in further],
            "own_consents": [
                {"question": entry.id, "state": "pending"}
                for entry in further
                if entry.own_consent
                for _ in range(answers.value(entry.slot) or 0)
            ],
        },
        "appointment_wish": answers.value(slots.CONSENT_APPOINTMENT) is True,
    }


def _provenance(answer: Optional[Answer]) -> str:
    return (answer.provenance if answer else Provenance.SKIPPED).value


def _text(answer: Optional[Answer], german: bool) -> dict[str, Any]:
    # What was written in German needs no German rendering; a name has none in any language.
    written = answer.original if answer else None
    language = answer.language if answer else None
    value = written if not german or language == "de" else None
    return {"value": value, "original": written, "original_language": language, "provenance": _provenance(answer)}


def _further(entry: Entry, answer: Answer) -> dict[str, Any]:
    said = _plain(answer) if entry.kind is Kind.NUMBER else _text(answer, german=True)
    return {"question": entry.id, "module": entry.module, "reason": entry.reason, "answer": said}


def _contact(answer: Optional[Answer]) -> dict[str, Any]:
    contact = (answer.value if answer else None) or {"kind": None, "value": None}
    return {**contact, "original": answer.original if answer else None, "provenance": _provenance(answer)}


def _language(answer: Optional[Answer]) -> dict[str, Any]:
    return {
        "value": answer.value if answer else None,
        "original": answer.original if answer else None,
        "provenance": _provenance(answer),
    }


def _plain(answer: Optional[Answer]) -> dict[str, Any]:
    return {"value": answer.value if answer else None, "provenance": _provenance(answer)}


def _codes(answer: Optional[Answer]) -> dict[str, Any]:
    return {"values": list((answer.value if answer else None) or ()), "provenance": _provenance(answer)}

"""Parts of an intake in words, for the staff pages."""

from dataclasses import dataclass
from typing import Any

from casebackend.contracts import Codes


@dataclass(frozen=True)
class Signal:
    """A signal and what it fired on. It is never a verdict."""

    label: str
    because: list[str]


@dataclass(frozen=True)
class Consent:
    """A purpose with everything that was granted for it; `granted` is empty where nothing was."""

    label: str
    granted: list[dict[str, Any]]


@dataclass(frozen=True)
class Further:
    """An answer from a module of the Leitfaden, or to a sensitive question. `said` is None where nothing was said."""

    label: str
    said: str | None
    language: str
    provenance: str
    reason: str | None
    consents: list[str]


def further(payload: dict[str, Any], codes: Codes) -> list[Further]:
    """What was said beyond the core questions; nothing from a sender that knows no Leitfaden."""
    leitfaden = payload.get("leitfaden") or {"answers": []}
    return [
        Further(
            label=codes.label("intake_questions", entry["question"]),
            said=_said(entry["answer"]),
            language=entry["answer"].get("original_language") or "de",
            provenance=entry["answer"]["provenance"],
            reason=entry["reason"],
            consents=[own["state"] for own in leitfaden["own_consents"] if own["question"] == entry["question"]],
        )
        for entry in leitfaden["answers"]
    ]


def signals(payload: dict[str, Any], codes: Codes) -> list[Signal]:
    """The signals of an intake."""
    return [
        Signal(codes.label("signals", signal["code"]), [_because(item, codes) for item in signal["because"]])
        for signal in payload["signals"]
    ]


def consents(payload: dict[str, Any], codes: Codes) -> list[Consent]:
    """All purposes of the code lists, in their order, whether granted or not."""
    return [
        Consent(
            codes.label("purposes", purpose),
            [consent for consent in payload["consents"] if consent["purpose"] == purpose],
        )
        for purpose in codes.of("purposes")
    ]


def _said(answer: dict[str, Any]) -> str | None:
    said = answer["original"] if "original" in answer else answer["value"]
    return None if said is None else str(said)


def _because(item: str, codes: Codes) -> str:
    for name in ("areas", "helpers"):
        if item in codes.of(name):
            return codes.label(name, item)
    return item

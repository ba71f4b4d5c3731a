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


def _because(item: str, codes: Codes) -> str:
    for name in ("areas", "helpers"):
        if item in codes.of(name):
            return codes.label(name, item)
    return item

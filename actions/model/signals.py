"""Signals for the case manager: transparent rules over what the person said. Never a verdict, never a score.

After Handreichung MKFFI NRW 2020, ch. 5.3.4.1 (besondere Indikation: complexity of need, number of bodies).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.model import slots
from actions.model.answer import Answers

SEVERAL_AREAS = 3
SEVERAL_BODIES = 2
NOT_A_BODY = frozenset({"nobody", "volunteer"})


@dataclass(frozen=True)
class Signal:
    """A rule that fired, and the codes on which it fired."""

    code: str
    because: tuple[str, ...]


def signals(answers: Answers) -> tuple[Signal, ...]:
    """The rules that fire for these answers, in a fixed order."""
    areas: Sequence[str] = answers.value(slots.AREAS) or ()
    helpers: Sequence[str] = answers.value(slots.HELPERS) or ()
    bodies = tuple(helper for helper in helpers if helper not in NOT_A_BODY)
    fired = []
    if len(areas) >= SEVERAL_AREAS:
        fired.append(Signal("several_areas", tuple(areas)))
    if len(bodies) >= SEVERAL_BODIES:
        fired.append(Signal("several_bodies", bodies))
    if list(helpers) == ["nobody"]:
        fired.append(Signal("no_support", ("nobody",)))
    return tuple(fired)

"""What becomes of a person's message while a question is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from actions.model.answer import Answer


@dataclass(frozen=True)
class Accepted:
    """The message answers the question."""

    answer: Answer


@dataclass(frozen=True)
class Change:
    """The person wants to correct the answer of another question (from the read-back)."""

    slot: str


@dataclass(frozen=True)
class NotUnderstood:
    """The message was meant as an answer but is none: explain once with an example, then offer skip or a person."""

    response: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Steering:
    """The message is no answer but steers the conversation (stop, back, a topic …): the rules decide."""


Outcome = Union[Accepted, Change, NotUnderstood, Steering]

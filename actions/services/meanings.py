"""What a message may have meant, as choices, when the classifier is not sure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.model import nodes

LABELS = "utter_meaning_labels"
LEAST = 0.1
"""Probability that a meaning must have to be offered."""
AT_ONCE = 2
NOT_OFFERED = frozenset(
    "greet goodbye thank affirm deny stop go_back skip_question ask_why simplify repeat out_of_scope nlu_fallback".split()
)
"""Meanings that nobody needs to pick from a list."""


def meanings(ranking: Iterable[tuple[str, float]]) -> list[dict[str, Any]]:
    """The likeliest meanings of a ranking of intents as choices, and "something else"; empty if none is likely."""
    likely = [name for name, share in ranking if share >= LEAST and name not in NOT_OFFERED][:AT_ONCE]
    choices = [{"title": nodes.label(LABELS, name), "payload": f"/{name}"} for name in likely]
    other = {"title": nodes.label(LABELS, "something_else"), "payload": "/show_menu", "style": "quiet"}
    return [*choices, other] if choices else []

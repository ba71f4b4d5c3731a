"""The languages of the chat as choices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.model import nodes


def language_choices(tags: Iterable[str]) -> list[dict[str, Any]]:
    """One choice per language; it shows its own name."""
    return [
        {"title": nodes.language(tag), "payload": f'/change_language{{"language": "{tag}"}}', "own_name": tag} for tag in tags
    ]

"""The Laufzettel: topics in the own language beside German, to show at the counter. It knows nothing of the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.documents import columns
from bot.documents.columns import InColumns, on_screen, wording

TEMPLATE = "laufzettel"


def filled(cards: Sequence[Mapping[str, Any]], in_columns: InColumns, author: str) -> dict[str, Any]:
    """What the template is filled with, from topic cards as the actions made them (nodes)."""
    texts = {
        **{name: wording(name) for name in ("laufzettel", "show", "notes")},
        **{name: on_screen(name) for name in ("steps", "bring", "where_to_go")},
    }
    return columns.filled("laufzettel", author, texts, {"cards": [_on_paper(card) for card in cards]}, in_columns)


def _on_paper(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card with words where the screen has icons."""
    source = (card.get("source") or {}).get("name")
    offices = [
        {
            **office,
            "phone": _labelled("phone", office.get("phone")),
            "languages": _labelled("languages", office.get("languages")),
        }
        for office in card.get("offices") or ()
    ]
    return {**card, "offices": offices, "source": _labelled("source", source)}


def _labelled(name: str, value: Any) -> Any:
    return wording(name, **{name: value}) if value else None

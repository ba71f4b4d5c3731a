"""The Laufzettel: topics in the own language beside German, to show at the counter. It knows nothing of the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from bot.languages import base, direction, own_name
from bot.settings import ROOT

TEMPLATE = "laufzettel"
HEADINGS = ("steps", "bring", "where_to_go")
"""Said as on the card, so that the paper is known again."""

Nodes = Any
InColumns = Callable[[Nodes], Sequence[tuple[str, Any]]]


def laufzettel(cards: Sequence[Mapping[str, Any]], in_columns: InColumns, author: str) -> dict[str, Any]:
    """What the template is filled with, from topic cards as the actions made them (nodes).

    ``in_columns`` renders nodes in every language of the paper, German last: (language, rendered).
    """
    rendered = in_columns({"texts": _texts(), "cards": [_on_paper(card) for card in cards]})
    columns = [
        {"lang": base(language), "dir": direction(language), "name": own_name(language), **content}
        for language, content in rendered
    ]
    return {"title": columns[0]["texts"]["laufzettel"], "author": author, "columns": columns}


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
    return _node(_german()[name], "document", **{name: value}) if value else None


def _texts() -> dict[str, Any]:
    widget = _load("bot/widget/strings.yml")
    own = {name: _node(_german()[name], "document") for name in ("laufzettel", "show", "notes")}
    return {**own, **{name: _node(widget[name], "widget") for name in HEADINGS}}


def _node(german: str, context: str, **args: Any) -> dict[str, Any]:
    return {"$text": german, "context": context, "args": args}


def _german() -> Mapping[str, str]:
    return _load("bot/documents/texts.yml")


@cache
def _load(path: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return texts

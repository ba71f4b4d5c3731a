"""What papers have in common: texts in the own language and in German beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from bot.documents.typesetting import has_letters
from bot.languages import SOURCE_LANGUAGE, base, direction, own_name
from bot.settings import ROOT

Nodes = Any
InColumns = Callable[[Nodes], Sequence[tuple[str, Any]]]
"""Renders nodes in every language of a paper, German last: (language, rendered)."""


def filled(
    title: str, author: str, texts: Mapping[str, Nodes], content: Mapping[str, Nodes], in_columns: InColumns
) -> dict[str, Any]:
    """What a template is filled with: ``texts`` (one of them the ``title``) and ``content`` once per column.

    A language for whose script there are no letters comes in German alone.
    """
    columns = [
        {"lang": base(language), "dir": direction(language), "name": own_name(language), **rendered}
        for language, rendered in in_columns({"texts": texts, **content})
        if language == SOURCE_LANGUAGE or has_letters("".join(rendered["texts"].values()))
    ]
    return {"title": columns[0]["texts"][title], "author": author, "columns": columns}


def wording(name: str, **args: Any) -> Nodes:
    """A text of papers (texts.yml)."""
    return {"$text": _load("bot/documents/texts.yml")[name], "context": "document", "args": args}


def on_screen(name: str) -> Nodes:
    """A text that the widget says too, so that the paper is known again."""
    return {"$text": _load("bot/widget/strings.yml")[name], "context": "widget", "args": {}}


@cache
def _load(path: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return texts

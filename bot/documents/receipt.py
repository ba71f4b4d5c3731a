"""The receipt of consents as a paper: what was agreed to, since when, who gets it, how to take it back. It names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.documents import columns
from bot.documents.columns import InColumns, on_screen, wording

TEMPLATE = "receipt"


def filled(paper: Mapping[str, Any], in_columns: InColumns, author: str) -> dict[str, Any]:
    """What the template is filled with, from the paper as the actions made it (nodes)."""
    texts = {
        "receipt": wording("receipt"),
        "issued": wording("issued", when=paper["issued"]),
        "code": on_screen("receipt_code"),
        "notice": paper["heading"],
    }
    consents = [
        {**consent, "shown": wording("shown", language=consent["language"], version=consent["version"])}
        for consent in paper["consents"]
    ]
    content = {"code": paper["code"], "consents": consents, "notice": paper["notice"]}
    return columns.filled("receipt", author, texts, content, in_columns)

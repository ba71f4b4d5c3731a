"""References to texts, put into a language only when the answer is rendered (bot/rendering.py).

Actions and services never hold a sentence: they say which sentence, and with what. A node is a JSON object with one key
that begins with ``$``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

Node = dict[str, Any]


def text(german: str, context: str, **args: Any) -> Node:
    """A German source text of the content, found in the catalogues by its context."""
    return {"$text": german, "context": context, "args": args}


def response(name: str, **args: Any) -> Node:
    """The text of a response of the domain."""
    return {"$response": name, "args": args}


def label(response_name: str, key: str, **args: Any) -> Node:
    """One of the labels of a response of the domain (its ``custom.texts``)."""
    return {"$label": f"{response_name}.{key}", "args": args}


def code(code_list: str, value: str) -> Node:
    """The name of a code of contracts/codes-v1.yml; ``reasons.<state>`` for the reason of a state."""
    return {"$code": f"{code_list}.{value}"}


def language(tag: str) -> Node:
    """The name of a language."""
    return {"$language": tag}


def moment(iso: str, until: Optional[str] = None) -> Node:
    """An RFC 3339 time as a long date with time; with ``until`` the time span."""
    return {"$moment": iso, "until": until}


def day(iso: str) -> Node:
    """A date."""
    return {"$day": iso}


def weekdays(days: Sequence[str]) -> Node:
    """Weekdays (MO..SU) as a list or a range."""
    return {"$weekdays": list(days)}


def listing(nodes: Sequence[Any]) -> Node:
    """Several nodes as an enumeration."""
    return {"$list": list(nodes)}


def own(words: str) -> Node:
    """The person's own words, or a name: never translated, set apart from the text around it."""
    return {"$own": words}

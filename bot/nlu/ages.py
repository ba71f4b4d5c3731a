"""Whether a person says to be under 18, by rules alone (data/languages/ages.yml).

They would rather miss it than mistake whose age it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Optional

import yaml

from bot.nlu.crisis_rules import compiled
from bot.nlu.normalise import fold, normalise
from bot.settings import ROOT

YOUNGEST, OLDEST = 8, 17
"""Ages in years that count; a smaller number is more likely one of something else."""
CUT = "§"
"""Stands between the parts of a text; no rule goes across."""

_QUOTED = re.compile(r"„[^“”\"]*[“”\"]|\"[^\"]*\"|«[^»]*»|“[^”]*”")
# A full stop after a number may make it an ordinal ("im 16. Bezirk").
_BOUNDARY = re.compile(r"(?<!\d)\.|\.\s*$|[,;:!?…()\n،؛؟።]|\s[-–]\s")
_I_AM = re.compile(r"\bi['’‘`´]m\b", re.IGNORECASE)
_DIGIT_MEETS_LETTER = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")


class UnderAge(NamedTuple):
    """Somebody says to be under 18; ``alone`` if the message says nothing else."""

    alone: bool


class _Rules(NamedTuple):
    never: tuple[re.Pattern[str], ...]
    says: tuple[re.Pattern[str], ...]
    besides: frozenset[str]


def under_age(text: str) -> Optional[UnderAge]:
    """What a message says of the age of its writer; None if it does not say that they are under 18."""
    if not text:
        return None
    rules, padded = _rules(), _padded(text)
    for expression in rules.never:
        padded = expression.sub(f"{CUT} ", padded)
    if not any(expression.search(padded) for expression in rules.says):
        return None
    for expression in rules.says:
        padded = expression.sub("", padded)
    return UnderAge(alone=rules.besides.issuperset(padded.replace(CUT, " ").split()))


def _padded(text: str) -> str:
    """A text folded part by part, with a space at each end of each word and a cut at each end of each part."""
    apart = _DIGIT_MEETS_LETTER.sub(" ", normalise(_I_AM.sub("i am", _QUOTED.sub(" ", text))))
    parts = [folded for part in _BOUNDARY.split(apart) if (folded := fold(part))]
    return f" {CUT} " + "".join(f"{part} {CUT} " for part in parts)


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    data = yaml.safe_load((ROOT / "data/languages/ages.yml").read_text(encoding="utf-8"))
    never: list[re.Pattern[str]] = []
    says: list[re.Pattern[str]] = []
    for language in data["languages"].values():
        then = compiled(_choice(language["then"])) if language.get("then") else CUT
        never += [re.compile(rule) for rule in _expressions(language, "never")]
        says += [re.compile(rule) for rule in _expressions(language, "says")]
        says += [re.compile(f"{rule}(?={CUT}|{then})") for rule in _expressions(language, "ends")]
    return _Rules(tuple(never), tuple(says), frozenset(map(fold, data["besides"])))


def _expressions(language: Mapping[str, Any], group: str) -> Iterator[str]:
    """The rules of a group as regular expressions, with the words of the language put in."""
    ages = [*map(str, range(YOUNGEST, OLDEST + 1)), *language["numbers"]]
    for written in language.get(group, ()):
        rule = written.replace("{age}", _choice(ages))
        start, rule = (f"(?<={CUT} )", rule[1:].strip()) if rule.startswith("^") else ("", rule)
        for adverb in ("", _choice(language["just"])) if "{just}" in rule else ("",):
            yield start + compiled(rule.replace("{just}", adverb))


def _choice(words: Sequence[str]) -> str:
    return f"({'|'.join(words)})"

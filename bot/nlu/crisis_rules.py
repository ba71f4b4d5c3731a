"""Rules that recognise a crisis by words, offline, in every language at once.

Notation (data/nlu/<lang>/crisis.yml): the words of a rule follow one another; ``*`` at an end of a word stands for any letters,
``(a|b)`` for one of several words, ``..`` for up to three words in between. Rules and messages are compared folded
(bot/nlu/normalise.py). What a harmless rule matches is taken out before the others look.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Optional

from bot.nlu.normalise import fold

HARMLESS = "not_crisis"
GAP = ".."
SHORTEST_TYPO = 5
"""Letters that a word must have to be recognised with one letter wrong, missing, too many or exchanged."""

_CUT = " § "
KEY = 3
"""Letters of the beginnings by which rules are found."""


class RuleError(ValueError):
    """A rule is not written in the notation."""


def compiled(rule: str) -> str:
    """The regular expression of a rule, for text with a space at each end of each word. Raises RuleError."""
    parts = [_word(token) for token in re.findall(r"\([^()]*\)|\S+", rule)]
    if not any(parts) or not parts[0] or not parts[-1]:
        raise RuleError(f"not a rule: {rule!r}")
    expression = "".join(part if part else r"(?:[^ §]+ ){0,3}" for part in parts)
    return f"(?<= ){expression}"


def _word(token: str) -> str:
    if token == GAP:
        return ""
    alternatives = token[1:-1].split("|") if token.startswith("(") and token.endswith(")") else [token]
    found = [expression for alternative in alternatives for expression in [_letters(alternative.strip())] if expression]
    if not found or token.startswith("(") != token.endswith(")") or any(sign in token[1:-1] for sign in "()"):
        raise RuleError(f"not a word of a rule: {token!r}")
    return f"(?:{'|'.join(found)}) "


def _letters(word: str) -> str:
    pieces = [re.escape(fold(piece)).replace(r"\ ", " ") for piece in word.split("*")]
    return r"[^ §]*".join(pieces) if any(pieces) else ""


def _literals(rules: Iterable[str]) -> set[str]:
    """The whole words of rules, folded."""
    words = {fold(word) for rule in rules for word in re.split(r"[\s()|]+", rule) if word and "*" not in word and word != GAP}
    return {word for word in words if len(word) >= SHORTEST_TYPO and " " not in word}


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _keys(rule: str) -> Optional[frozenset[str]]:
    """Beginnings of words of which a text must have one to match; None if any text may match.

    Thousands of rules are too many to be tried on every message; few share a beginning with a word of it.
    """
    best: Optional[frozenset[str]] = None
    for token in re.findall(r"\([^()]*\)|\S+", rule):
        alternatives = token.strip("()").split("|")
        if token == GAP or any(alternative.strip().startswith("*") for alternative in alternatives):
            continue
        stems = [(fold(alternative.split("*")[0]).split(" ")[0], "*" in alternative) for alternative in alternatives]
        if any(len(stem) < (KEY if is_open else 1) for stem, is_open in stems):
            continue
        keys = frozenset(stem[:KEY] for stem, _ in stems)
        if best is None or (min(map(len, keys)), -len(keys)) > (min(map(len, best)), -len(best)):
            best = keys
    return best


class _Rules:
    """The rules of one kind: those that may match are found by their keys, and compiled when they first do."""

    def __init__(self, rules: Iterable[str]) -> None:
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._always: list[str] = []
        self._compiled: dict[str, re.Pattern[str]] = {}
        for rule in sorted(set(rules), key=lambda rule: (-len(rule), rule)):
            compiled(rule)
            keys = _keys(rule)
            for key in keys or ():
                self._by_key[key].append(rule)
            if keys is None:
                self._always.append(rule)

    def matching(self, padded: str) -> Iterator[re.Pattern[str]]:
        """The expressions that match a folded text with a space at each end of each word; longest rule first."""
        keys = {word[:KEY] for word in padded.split()}
        candidates = {rule for key in keys for rule in self._by_key.get(key, ())}
        for rule in sorted(candidates.union(self._always), key=lambda rule: (-len(rule), rule)):
            expression = self._compiled.get(rule) or self._compiled.setdefault(rule, re.compile(compiled(rule)))
            if expression.search(padded):
                yield expression


class CrisisRules:
    """All rules of all languages."""

    def __init__(self, rules: Mapping[str, Sequence[str]], known: Sequence[str] = ()) -> None:
        """``rules``: by kind of crisis, and those of ``not_crisis``. ``known``: folded words that are no misspelling.

        Raises RuleError.
        """
        self.state = {"rules": dict(rules), "known": list(known)}
        self._harmless = _Rules(rules.get(HARMLESS, ()))
        self._kinds = {kind: _Rules(some) for kind, some in rules.items() if kind != HARMLESS}
        meant = _literals(rule for kind, some in rules.items() if kind != HARMLESS for rule in some)
        self._known = {*known, *meant}
        self._meant: dict[str, set[str]] = defaultdict(set)
        for word in meant:
            for shorter in _deletions(word):
                self._meant[shorter].add(word)

    def kind(self, text: str) -> Optional[str]:
        """The kind of crisis that a message tells of in words of the rules, or None."""
        return self._match(fold(text))

    def kind_if_misspelt(self, text: str) -> Optional[str]:
        """The kind that it would tell of with some letters put right; a word of another language may only look so."""
        return self._match(self._corrected(fold(text)))

    def _match(self, folded: str) -> Optional[str]:
        rest = f" {folded} "
        for harmless in self._harmless.matching(rest):
            rest = harmless.sub(_CUT.lstrip(), rest)
        return next((kind for kind, rules in self._kinds.items() if next(rules.matching(rest), None)), None)

    def _corrected(self, folded: str) -> str:
        return " ".join(self._likeliest(word) for word in folded.split())

    def _likeliest(self, word: str) -> str:
        if word in self._known or len(word) < SHORTEST_TYPO - 1:
            return word
        candidates = {meant for shorter in _deletions(word) for meant in self._meant.get(shorter, ())}
        near = [meant for meant in candidates if abs(len(meant) - len(word)) <= 1]
        return min(near, key=lambda meant: (_differing(meant, word), meant)) if near else word


def _differing(one: str, other: str) -> int:
    return sum(1 for a, b in zip(one, other, strict=False) if a != b) + abs(len(one) - len(other))

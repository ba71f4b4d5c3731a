"""The notation of crisis rules, misspellings, and harmless phrases."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.nlu.crisis_rules import CrisisRules, RuleError, _Rules, compiled
from bot.nlu.normalise import fold
from bot.settings import ROOT

RULES = {
    "crisis_suicide": ["kill myself", "(want|wanna) .. die", "selbstmord*", "selbstmord"],
    "crisis_violence": ["schlägt mich", "*prügelt"],
    "not_crisis": ["phone (died|dead)", "kill myself laughing"],
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I will KILL MYSELF", "crisis_suicide"),
        ("wanna just really die", "crisis_suicide"),
        ("I want to go home before my plants all die", None),
        ("Selbstmordgedanken", "crisis_suicide"),
        ("er schlagt mich", "crisis_violence"),
        ("verprügelt", "crisis_violence"),
        ("my phone died", None),
        ("i kill myself laughing", None),
        ("my phone died and I want to die", "crisis_suicide"),
        ("", None),
    ],
)
def test_kind_of_a_message(text: str, kind: str | None) -> None:
    assert CrisisRules(RULES).kind(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"), [("selbsmord", "crisis_suicide"), ("selbst", None), ("er schlagt mich", "crisis_violence")]
)
def test_kind_of_a_message_that_may_be_misspelt(text: str, kind: str | None) -> None:
    assert CrisisRules(RULES).kind_if_misspelt(text) == kind


def test_a_known_word_is_no_misspelling() -> None:
    rules = {"crisis_suicide": ["sterben"]}
    assert CrisisRules(rules).kind_if_misspelt("sterbem") == "crisis_suicide"
    assert CrisisRules(rules, ["erben", "sterbem"]).kind_if_misspelt("sterbem") is None


@pytest.mark.parametrize("rule", ["", "..", ".. die", "die ..", "*", "(a b", "()"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        CrisisRules({"crisis_suicide": [rule]})


def test_rules_are_found_by_their_beginnings_as_if_all_were_tried() -> None:
    rules, texts = set(), []
    for path in sorted((ROOT / "data/nlu").glob("*/crisis.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.strip()[2:] for line in entry["examples"].splitlines() if line.strip()]
            if "regex" in entry:
                rules.update(lines[::9])
            else:
                texts += lines[::9]
    by_key, expressions = _Rules(rules), {re.compile(compiled(rule)) for rule in rules}
    tried = [(text, {e.pattern for e in expressions if e.search(f" {fold(text)} ")}) for text in texts]
    assert [(text, {e.pattern for e in by_key.matching(f" {fold(text)} ")}) for text in texts] == tried
    assert sum(bool(found) for _, found in tried) > 50

"""Plays every scenario in every language against the running stack and compares the names of the responses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.catalogues import offered
from scripts.stack import Stack
from tests.conversations.client import Person

HERE = Path(__file__).parent
LANGUAGES = ["de", *offered()]
FRAGMENTS = yaml.safe_load((HERE / "fragments.yml").read_text(encoding="utf-8"))
SAID = yaml.safe_load((HERE / "said.yml").read_text(encoding="utf-8"))
MOVES = {
    "say": lambda person, value: person.say(value),
    "said": lambda person, value: person.say(SAID[value][person.language.split("-")[0]]),
    "tap": lambda person, value: person.tap(value),
    "several": lambda person, value: person.tap_several(value),
    "none": lambda person, _: person.tap_none(),
    "skip": lambda person, _: person.skip(),
    "withhold": lambda person, _: person.withhold(),
    "change": lambda person, value: person.change(value),
    "switch": lambda person, value: person.switch(value),
    "command": lambda person, value: person.command(value),
}


def scenarios() -> list[Any]:
    """All scenarios, their fragments put in."""
    found = []
    for path in sorted(HERE.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for scenario in data.get("scenarios", ()) if isinstance(data, dict) else ():
            turns = [turn for entry in scenario["turns"] for turn in FRAGMENTS.get(entry.get("fragment"), [entry])]
            found.append(pytest.param(turns, id=f"{path.stem}: {scenario['name']}"))
    return found


def play(person: Person, turn: dict[str, Any]) -> None:
    """One move, and what must follow."""
    move = next(name for name in MOVES if name in turn)
    messages = MOVES[move](person, turn[move])
    assert person.responses == turn["bot"], f"{move}: {turn[move]}"
    assert {message["lang"] for message in messages} == {person.language}
    if "card" in turn:
        assert messages[-1]["card"]["kind"] == turn["card"]
    if "card_in" in turn:
        assert messages[0]["card"]["kind"] == turn["card_in"]
    for name, value in turn.get("args", {}).items():
        assert messages[-1]["args"][name] == value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("turns", scenarios())
def test_scenario_in_every_language(stack: Stack, turns: list[dict[str, Any]], language: str) -> None:
    person = Person(stack.chat_url, language)
    assert person.responses == ["utter_greet"]
    for turn in turns:
        play(person, turn)

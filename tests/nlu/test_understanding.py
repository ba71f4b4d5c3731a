"""A gate per language on messages that the training never saw. What it is measured at: benchmarks/README.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.catalogues import offered

ROOT = Path(__file__).resolve().parents[2]
GATES = yaml.safe_load((ROOT / "tests/nlu/gates.yml").read_text(encoding="utf-8"))
LANGUAGES = [language for language in ("de", *offered()) if "-" not in language]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    files = [f"tests/nlu/messages/{language}.jsonl" for language in LANGUAGES]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, "scripts/evaluate.py", "--json", *files],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("figure", ["topics", "acts", "crisis_recall", "language_noticed"])
def test_figure_is_above_its_gate(report: dict[str, Any], language: str, figure: str) -> None:
    gate = {**GATES["least"], **GATES["languages"].get(language, {})}[figure]
    assert report["languages"][language][figure] >= gate, report["confusions"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("figure", ["false_alarms", "fallback", "calibration_error"])
def test_figure_is_below_its_gate(report: dict[str, Any], language: str, figure: str) -> None:
    gate = {**GATES["most"], **GATES["languages"].get(language, {})}[figure]
    assert report["languages"][language][figure] <= gate, report["confusions"]


def test_a_file_that_is_not_in_the_format_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"text": "hallo", "intent": "greet", "lang": "de"}\n{"text": "hallo"}\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "scripts/evaluate.py", str(broken)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "broken.jsonl, line 2" in done.stderr) == (2, True)


def test_every_message_is_of_a_known_intent_and_stands_once() -> None:
    known = {*yaml.safe_load((ROOT / "tests/nlu/gates.yml").read_text(encoding="utf-8"))["other_intents"]}
    for path in (ROOT / "bot/domain").glob("*.yml"):
        intents = yaml.safe_load(path.read_text(encoding="utf-8")).get("intents") or []
        known |= {intent if isinstance(intent, str) else next(iter(intent)) for intent in intents}
    for path in sorted((ROOT / "tests/nlu/messages").glob("*.jsonl")):
        messages = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert {message["intent"] for message in messages} <= known
        assert {message["lang"] for message in messages} == {path.stem}
        assert len({message["text"] for message in messages}) == len(messages)


def test_no_test_message_is_a_training_message() -> None:
    trained = set()
    for path in (ROOT / "data/nlu").glob("*/*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            trained |= {line.strip()[2:].strip().casefold() for line in entry["examples"].splitlines()}
    asked = {
        json.loads(line)["text"].strip().casefold()
        for path in (ROOT / "tests/nlu/messages").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    # One-word greetings and the like cannot be kept apart.
    assert {text for text in trained & asked if len(text.split()) > 3} == set()

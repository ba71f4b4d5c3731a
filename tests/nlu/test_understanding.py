"""A floor per language for messages that the training never saw. Goals and thresholds per language are the next step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.catalogues import offered

ROOT = Path(__file__).resolve().parents[2]
FLOOR = {"de": 0.8, "en": 0.7, "ar": 0.5, "tr": 0.5}


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, float]]:
    files = sorted(str(path) for path in (ROOT / "tests/nlu/messages").glob("*.jsonl"))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(
        [sys.executable, "scripts/evaluate.py", *files], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("language", ["de", *offered()])
def test_unseen_messages_are_understood_above_the_floor(figures: dict[str, dict[str, float]], language: str) -> None:
    assert figures["accuracy"][language] >= FLOOR[language], figures["confusions"]

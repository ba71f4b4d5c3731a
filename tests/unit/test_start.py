"""What keeps the bot from starting, with one line that says why; Rasa would go on in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stack import ROOT, Stack


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("LOTSE_CONVERSATIONS_URL", "sqlite:////missing/c.db", "the conversation store cannot be opened: OperationalError"),
        ("LOTSE_CONVERSATION_KEYS", "", "LOTSE_CONVERSATION_KEYS is not set"),
        ("LOTSE_LOCKS_URL", "redis://127.0.0.1:1", "the locks cannot be opened: ConnectionError"),
    ],
)
def test_setting_that_cannot_be_used_stops_the_start(tmp_path: Path, name: str, value: str, reason: str) -> None:
    (tmp_path / "model.tar.gz").touch()
    environment = {**Stack(tmp_path, models=tmp_path).environment(), name: value}
    command = [sys.executable, "-m", "bot.server"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (1, f"The bot does not start: {reason}")

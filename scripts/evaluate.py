"""How well messages are understood: ``python scripts/evaluate.py FILE.jsonl …``.

Each line of a file is ``{"text", "intent", "lang"}``. Prints, as JSON, accuracy and number of messages per language and the
worst confusions, with the newest trained model.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


async def evaluate(files: list[Path]) -> dict[str, Any]:
    """The figures for all messages of all files."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from bot.server import newest_model
    from bot.settings import ROOT

    # Rasa would print every message.
    configure_structlog(logging.ERROR)
    agent = Agent.load(newest_model(Path(os.environ.get("LOTSE_MODELS", ROOT / "var/models"))))
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confused: Counter[str] = Counter()
    for line in (line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()):
        message = json.loads(line)
        found = (await agent.parse_message(message["text"]))["intent"]["name"]
        total[message["lang"]] += 1
        right[message["lang"]] += found == message["intent"]
        if found != message["intent"]:
            confused[f"{message['lang']}: {message['intent']} taken for {found}"] += 1
    return {
        "accuracy": {language: round(right[language] / total[language], 3) for language in sorted(total)},
        "messages": dict(sorted(total.items())),
        "confusions": dict(confused.most_common(30)),
    }


def main() -> int:
    """Print the figures."""
    warnings.simplefilter("ignore")  # deprecations inside Rasa's frozen dependencies
    print(json.dumps(asyncio.run(evaluate([Path(name) for name in sys.argv[1:]])), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

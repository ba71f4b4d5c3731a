"""How well messages are understood: ``python scripts/evaluate.py [--json] FILE.jsonl …`` (``make evaluate MESSAGES=…``).

Each line of a file is ``{"text", "intent", "lang"}``, optionally ``"romanised": true``. Intents are those of the domain;
``not_crisis`` is a harmless message that must raise no alarm. Parses with the newest trained model, the language of the message
being the chosen one, and prints a table per language and the worst confusions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

CRISIS, HARMLESS, UNSURE = "crisis_", "not_crisis", "nlu_fallback"
NO_TOPICS = frozenset({"ask_about_kim", "ask_case_status", "ask_privacy", "ask_why", "ask_my_appointment"})
BINS = 10
WORST = 40
COLUMNS = {
    "topics": "topics",
    "acts": "acts",
    "romanised": "romanised",
    "fallback": "fallback",
    "calibration_error": "calibration error",
    "crisis_recall": "crisis recall",
    "crisis_kind": "right kind",
    "false_alarms": "false alarms",
    "near_miss_alarms": "of near misses",
    "language_alone": "language",
    "language_kept": "kept",
    "language_noticed": "noticed",
}
LEGEND = """topics, acts, romanised: share understood (a fallback counts as not understood); fallback: share of topics and acts
that were asked back; calibration error: mean distance between confidence and share right, ten bins; crisis recall: share of
crisis messages answered with the numbers, right kind: with the right ones; false alarms: share of all other messages, and of near
misses, that raised an alarm; language: found from the message alone; kept: no other language offered when it was the chosen one;
noticed: found when another one (German, or English for German) was the chosen one."""


@dataclass(frozen=True)
class Parsed:
    """A message, what was wanted and what was found."""

    text: str
    language: str
    wanted: str
    found: str
    best: str
    confidence: float
    romanised: bool
    alone: Optional[str]
    kept: bool
    noticed: bool

    @property
    def is_topic(self) -> bool:
        return self.wanted.startswith("ask_") and self.wanted not in NO_TOPICS

    @property
    def is_meant(self) -> bool:
        """Whether it has one of the intents of topics and acts."""
        return not self.wanted.startswith(CRISIS) and self.wanted != HARMLESS

    @property
    def is_right(self) -> bool:
        return self.found == self.wanted

    @property
    def is_alarm(self) -> bool:
        return self.found.startswith(CRISIS)


def messages_of(files: Iterable[Path]) -> list[dict[str, Any]]:
    """The messages of all files. Raises ValueError, with file and line, for one that is not in the format."""
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                message = json.loads(line)
                found.append(
                    {**message, "text": str(message["text"]), "intent": str(message["intent"]), "lang": str(message["lang"])}
                )
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{file}, line {number}: {type(error).__name__}: {error}") from error
    return found


async def parsed(messages: Iterable[dict[str, Any]]) -> list[Parsed]:
    """All messages, parsed with the newest model."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.utils.log_utils import configure_structlog

    from bot.languages import base
    from bot.nlu.language import detect, other_language
    from bot.nlu.ngrams import ROMANISED
    from bot.server import newest_model
    from bot.settings import ROOT

    # Rasa would print every message.
    configure_structlog(logging.ERROR)
    agent = Agent.load(newest_model(Path(os.environ.get("LOTSE_MODELS", ROOT / "var/models"))))
    if agent.processor is None:
        raise RuntimeError("the model has no processor")
    result = []
    for message in messages:
        text, language = message["text"], base(message["lang"])
        answer = await agent.processor.parse_message(UserMessage(text, metadata={"language": message["lang"]}))
        ranking = [entry for entry in answer.get("intent_ranking", []) if entry["name"] != UNSURE] or [answer["intent"]]
        likely = detect(text)
        alone = max(likely, key=likely.__getitem__).removesuffix(ROMANISED) if likely else None
        result.append(
            Parsed(
                text=text,
                language=message["lang"],
                wanted=message["intent"],
                found=str(answer["intent"]["name"]),
                best=str(ranking[0]["name"]),
                confidence=float(ranking[0]["confidence"]),
                romanised=bool(message.get("romanised")),
                alone=alone,
                kept=other_language(text, language) is None,
                noticed=other_language(text, "en" if language == "de" else "de") == language,
            )
        )
    return result


def share(hits: Iterable[bool]) -> Optional[float]:
    """Share of the true ones; None of nothing."""
    known = list(hits)
    return round(sum(known) / len(known), 3) if known else None


def calibration_error(messages: Sequence[Parsed]) -> Optional[float]:
    """Mean distance between confidence and share right over ten bins, weighted by their size."""
    bins: dict[int, list[Parsed]] = defaultdict(list)
    for one in messages:
        bins[min(int(one.confidence * BINS), BINS - 1)].append(one)
    if not messages:
        return None
    distance = sum(abs(sum(one.confidence - (one.best == one.wanted) for one in some)) for some in bins.values())
    return round(distance / len(messages), 3)


def figures(messages: Sequence[Parsed]) -> dict[str, Any]:
    """The figures of some messages; None where there is nothing to measure."""
    meant = [one for one in messages if one.is_meant]
    crises = [one for one in messages if one.wanted.startswith(CRISIS)]
    others = [one for one in messages if not one.wanted.startswith(CRISIS)]
    plain = [one for one in messages if one.alone is not None]
    return {
        "messages": len(messages),
        "topics": share(one.is_right for one in meant if one.is_topic),
        "acts": share(one.is_right for one in meant if not one.is_topic),
        "romanised": share(one.is_right for one in meant if one.romanised),
        "fallback": share(one.found == UNSURE for one in meant),
        "calibration_error": calibration_error(meant),
        "crisis_recall": share(one.is_alarm for one in crises),
        "crisis_kind": share(one.is_right for one in crises),
        "false_alarms": share(one.is_alarm for one in others),
        "near_miss_alarms": share(one.is_alarm for one in others if one.wanted == HARMLESS),
        "language_alone": share(one.alone == one.language.split("-")[0] for one in plain),
        "language_kept": share(one.kept for one in messages),
        "language_noticed": share(one.noticed for one in plain),
    }


def report(messages: Sequence[Parsed]) -> dict[str, Any]:
    """Figures per language and of all, and the worst confusions."""
    by_language: dict[str, list[Parsed]] = defaultdict(list)
    for one in messages:
        by_language[one.language].append(one)
    wrong = [one for one in messages if not one.is_right and not (one.wanted == HARMLESS and not one.is_alarm)]
    confused: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in wrong:
        confused[one.wanted, one.found].append(one.language)
    worst = sorted(confused.items(), key=lambda entry: -len(entry[1]))[:WORST]
    return {
        "languages": {language: figures(some) for language, some in sorted(by_language.items())},
        "all": figures(messages),
        "confusions": [
            {"wanted": wanted, "found": found, "times": len(languages), "languages": sorted(set(languages))}
            for (wanted, found), languages in worst
        ],
    }


def table(result: dict[str, Any]) -> str:
    """The report as a table in Markdown."""
    lines = ["| | messages | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, row in [*result["languages"].items(), ("all", result["all"])]:
        cells = ["–" if row[key] is None else f"{row[key]:.3f}" for key in COLUMNS]
        lines.append(f"| {name} | {row['messages']} | " + " | ".join(cells) + " |")
    lines += ["", LEGEND, "", "Worst confusions:"]
    lines += [
        f"{one['times']:4} {one['wanted']} → {one['found']} ({', '.join(one['languages'])})" for one in result["confusions"]
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the figures; 2 for files that cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--wrong", type=Path, help="write the messages that were not understood to this file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # deprecations inside Rasa's frozen dependencies
    try:
        messages = messages_of(arguments.files)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    done = asyncio.run(parsed(messages))
    if arguments.wrong:
        lines = [json.dumps(one.__dict__, ensure_ascii=False) for one in done if not one.is_right]
        arguments.wrong.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = report(done)
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measures KIM-Lotse beside a stock Rasa made from the same data: ``python -m benchmarks.bench``, or ``make bench``.

Writes the table to standard output and the figures to var/bench/last.json. Needs about half an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet

from benchmarks.measure import SENDERS, Side, growth, load, percentile, throughput, turns
from benchmarks.report import render
from benchmarks.senders import OurSender, StockSender, candidates, languages_of, understood
from benchmarks.stock import Stock, StockError, intents
from scripts import train
from scripts.stack import ROOT, Stack, StackError

FOLDER = ROOT / "var/bench"
PORTS = {"bot": 8350, "actions": 5355, "backend": 8360}
STOCK_PORTS = {"bot": 8305, "actions": 5305}
UNLIMITED = "1000000"


def our_events(stack: Stack) -> dict[str, int]:
    """How many events each of our stored conversations has."""
    cipher = Fernet(stack.environment()["LOTSE_CONVERSATION_KEYS"])
    found: dict[str, int] = {}
    with closing(sqlite3.connect(stack.data / "conversations.db", timeout=30)) as connection:
        for conversation, data in connection.execute("SELECT conversation, data FROM conversation_turn"):
            found[conversation] = found.get(conversation, 0) + len(json.loads(cipher.decrypt(data))["events"])
    return found


def stock_events(stock: Stock) -> dict[str, int]:
    """The same in stock Rasa's store."""
    with closing(sqlite3.connect(stock.database, timeout=30)) as connection:
        return dict(connection.execute("SELECT sender_id, count(*) FROM events GROUP BY sender_id").fetchall())


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    turns: int
    messages: int
    conversations: int
    starts: int


WHOLE = Size(rounds=5, turns=12, messages=192, conversations=16, starts=3)
QUICK = Size(rounds=2, turns=8, messages=64, conversations=4, starts=1)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def train_ours() -> dict[str, Any]:
    """Train as ``make prepare`` does, but always and into our folder."""
    train.MODELS = FOLDER / "models"
    shutil.rmtree(train.MODELS, ignore_errors=True)
    data, started = train.fingerprint(), time.monotonic()
    if train.main() != 0:
        raise StackError("our training failed")
    if train.fingerprint() != data:
        raise StackError("the training data changed during the training; run again")
    return {"seconds": time.monotonic() - started}


def timed_start(process: Stack | Stock) -> float:
    """Seconds until the bot is healthy."""
    started = time.monotonic()
    process.start("bot")
    process.wait("bot")
    return time.monotonic() - started


@contextmanager
def both(work: Path, stock: Stock, size: Size) -> Iterator[tuple[Stack, dict[str, Any]]]:
    """Both assistants, running, and what their starts took: bots one after the other, several times."""
    ours = Stack(work / "ours", FOLDER / "models", PORTS)
    times: dict[str, Any] = {"bot": []}
    try:
        stock.start("actions")
        stock.wait("actions")
        started = time.monotonic()
        ours.up()
        times["whole"] = time.monotonic() - started
        for _ in range(size.starts):
            ours.kill("bot")
            if times["bot"]:
                stock.kill("bot")
            times["bot"].append([timed_start(ours), timed_start(stock)])
        yield ours, times
    finally:
        ours.down()
        stock.down()


def measure(sides: tuple[Side, Side], size: Size) -> dict[str, Any]:
    """Everything that needs both running."""
    ours, stock = sides
    languages = languages_of(ROOT / "data/municipalities/duesseldorf/profile.yml")
    say(f"choosing sentences in {', '.join(languages)}")
    sentences, count = understood(candidates(languages, 8), ours.begin, stock.begin)
    empty = [f"{language} {kind}" for language, kinds in sentences.items() for kind, texts in kinds.items() if not texts]
    if empty:
        raise StockError(f"no sentence that both understand: {', '.join(empty)}; train the stock with more epochs")
    found: dict[str, Any] = {"languages": languages, "understood": count, "turns": {}, "throughput": {}}
    for kind in ("plain", "action", "form"):
        found["turns"][kind] = {"p50": [], "p95": []}
    for number in range(size.rounds):
        say(f"turns, round {number + 1} of {size.rounds}")
        for kind, shares in found["turns"].items():
            spent = [turns(side, sentences, kind, size.turns) for side in sides]
            shares["p50"].append([percentile(values, 0.5) for values in spent])
            shares["p95"].append([percentile(values, 0.95) for values in spent])
    for senders in SENDERS:
        say(f"throughput of {senders} senders")
        found["throughput"][str(senders)] = [
            [throughput(side, sentences, senders, size.messages) for side in sides] for _ in range(min(3, size.rounds))
        ]
    say("growth of conversations")
    found["growth"] = growth(sides, sentences, size.conversations)
    return found


def bench(size: Size, stock_epochs: int) -> dict[str, Any]:
    """Train, start, measure; the result as it is written to last.json."""
    work = FOLDER / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    stock = Stock(work / "stock", ROOT / "data/nlu", stock_epochs, STOCK_PORTS)
    say("training ours")
    training = {"ours": train_ours()}
    say(f"training stock with {stock_epochs} epochs, unless it is kept from before")
    training["stock"] = stock.train(FOLDER)
    client = httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_connections=max(SENDERS) + 4))
    before = load()
    say("starting")
    with client, both(work, stock, size) as (stack, start):
        sides = (
            Side(
                "ours",
                lambda language: OurSender(client, stack.chat_url, language),
                lambda: our_events(stack),
                lambda: stack.pid("bot"),
            ),
            Side(
                "stock",
                lambda language: StockSender(client, stock.url, language),
                lambda: stock_events(stock),
                lambda: stock.pid("bot"),
            ),
        )
        found = measure(sides, size)
    return {
        **found,
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "processors": os.cpu_count(),
        "load": {"before": before, "after": load()},
        "examples": sum(len(texts) for texts in intents(work / "stock/data/nlu").values()),
        "start": start,
        "training": training,
        "memory": {side.name: side.memory for side in sides},
    }


def main() -> int:
    """Run the bench; 1 with a message if one of the two does not train or start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a look")
    parser.add_argument("--stock-epochs", type=int, default=100, help="epochs of the stock networks (100)")
    arguments = parser.parse_args()
    os.environ["LOTSE_MESSAGES_PER_MINUTE"] = os.environ["LOTSE_CONVERSATIONS_PER_MINUTE"] = UNLIMITED
    try:
        result = bench(QUICK if arguments.quick else WHOLE, arguments.stock_epochs)
    except (StackError, StockError) as error:
        print(error, file=sys.stderr)
        return 1
    (FOLDER / "last.json").write_text(json.dumps(result, indent=1, ensure_ascii=False))
    print(render(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""People who write to ours and to the stock assistant, and the sentences that they use."""

from __future__ import annotations

import json
import random
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional, Protocol

import httpx
import yaml

from benchmarks.stock import intents
from scripts.stack import ROOT
from tests.conversations.client import Person

PLAIN = {"ask_about_kim": "utter_about_kim", "thank": "utter_thank", "ask_privacy": "utter_privacy"}
CARD = {"ask_housing": "utter_orientation_topic"}
KINDS = {"plain": PLAIN, "action": CARD}
SAID = yaml.safe_load((ROOT / "tests/conversations/said.yml").read_text(encoding="utf-8"))

Sentence = tuple[str, str]
"""An intent and a text."""
Sentences = dict[str, dict[str, list[Sentence]]]
"""By language and kind of turn."""


class Sender(Protocol):
    """One conversation that has begun."""

    def turn(self, text: str) -> str:
        """Say something; the name of what was answered."""
        ...

    def form(self) -> Iterator[float]:
        """Fill in the form; the seconds of each turn in which it asked."""
        ...


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


class OurSender(Person):
    """Someone at the web channel. Keeps its connection, as a browser does."""

    def __init__(self, client: httpx.Client, chat_url: str, language: str) -> None:
        self._client = client
        super().__init__(chat_url, language)

    def send(self, body: dict[str, Any], message_id: Optional[str] = None, retry: bool = False) -> httpx.Response:
        whole = {"id": message_id or str(uuid.uuid4()), "lang": self.language, **body}
        return self._client.post(self.chat_url + "messages", json=whole, headers=self._headers)

    def turn(self, text: str) -> str:
        self.say(text)
        return self.responses[0]

    def form(self) -> Iterator[float]:
        self._expect("utter_ask_counselling__begin", lambda: self.say(SAID["personal_help"][self.language]))
        steps: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("utter_ask_counselling__areas", lambda: self.tap(1)),
            ("utter_ask_counselling__helpers", lambda: self.tap_several([1, 3])),
            ("utter_ask_counselling__goal", lambda: self.tap_none()),
            ("utter_ask_consent", lambda: self.say(SAID["goal"][self.language])),
            ("utter_ask_consent", lambda: self.tap(1)),
            ("utter_ask_intake__name", lambda: self.tap(1)),
            ("utter_ask_intake__contact", lambda: self.say("Maria Muster")),
            ("utter_ask_intake__modules", lambda: self.say("0211 1234567")),
            ("utter_ask_interpreter__language", lambda: self.tap_none()),
            ("utter_ask_interpreter__needed", lambda: self.tap(3)),
        )
        for expected, step in steps:
            yield self._expect(expected, step)

    def _expect(self, response: str, step: Callable[[], Any]) -> float:
        spent = seconds(step)
        if self.responses != [response]:
            raise RuntimeError(f"expected {response}, got {self.responses}")
        return spent


class StockSender:
    """Someone at the REST channel."""

    def __init__(self, client: httpx.Client, url: str, language: str) -> None:
        self._client, self._url, self._language, self._id = client, url + "webhook", language, str(uuid.uuid4())
        self.turn("/greet")  # begins the session

    def turn(self, text: str) -> str:
        answer = self._client.post(self._url, json={"sender": self._id, "message": text})
        answer.raise_for_status()
        messages = answer.json()
        return str(messages[0]["text"]).split(":")[0] if messages else ""

    def form(self) -> Iterator[float]:
        self.turn("/start_counselling")
        answers = (SAID["goal"][self._language], "Maria Muster", "0211 1234567", "Arabisch")
        asked = ("form name", "form contact", "form talk_language", "form submit")
        for text, expected in zip(answers, asked, strict=True):
            started = time.perf_counter()
            got = self.turn(text)
            yield time.perf_counter() - started
            if got != expected:
                raise RuntimeError(f"expected {expected}, got {got}")


def candidates(languages: list[str], each: int) -> Sentences:
    """Sentences from the training examples and from the messages that training never saw, the same in every run."""
    order = random.Random(7)  # noqa: S311 - a fixed choice of sentences
    found: Sentences = {language: {} for language in languages}
    examples = intents(ROOT / "data/nlu")
    unseen = defaultdict(list)
    for path in sorted((ROOT / "tests/nlu/messages").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)
            unseen[message["lang"], message["intent"]].append(message["text"])
    for language in languages:
        for kind, names in KINDS.items():
            texts = []
            for name in names:
                known = [text for tag, text in examples[name] if tag == language]
                texts += [(name, text) for text in order.sample(known, min(each, len(known)))]
                texts += [(name, text) for text in unseen[language, name][: each // 2]]
            order.shuffle(texts)
            found[language][kind] = texts
    return found


def understood(
    sentences: Sentences, ours: Callable[[str], Sender], stock: Callable[[str], Sender]
) -> tuple[Sentences, dict[str, int]]:
    """The sentences that both answer as they should, and how many each answered; only these are used."""
    kept: Sentences = {}
    count = {"asked": 0, "ours": 0, "stock": 0, "both": 0}
    for language, by_kind in sentences.items():
        kept[language] = {}
        for kind, texts in by_kind.items():
            our_sender, stock_sender = ours(language), stock(language)
            good = []
            for name, text in texts:
                right_ours = our_sender.turn(text) == KINDS[kind][name]
                right_stock = stock_sender.turn(text) == name
                count["asked"] += 1
                count["ours"] += right_ours
                count["stock"] += right_stock
                if right_ours and right_stock:
                    good.append((name, text))
                else:  # a misunderstanding may have opened a form
                    our_sender, stock_sender = ours(language), stock(language)
            count["both"] += len(good)
            kept[language][kind] = good
    return kept, count


def languages_of(profile: Path) -> list[str]:
    """The languages that the municipality offers and that have examples."""
    offered = yaml.safe_load(profile.read_text(encoding="utf-8"))["languages"]
    return [tag for tag in offered if (ROOT / "data/nlu" / tag).is_dir() and tag in SAID["goal"]]

"""What is measured: blocks of turns on one side and then on the other, in several rounds."""

from __future__ import annotations

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.senders import Sender, Sentences, seconds

LEVELS = (10, 100, 500)
SENDERS = (1, 8, 32)


@dataclass
class Side:
    """Ours or stock: how to begin a conversation, how long each stored one is, and where its process is."""

    name: str
    begin: Callable[[str], Sender]
    events: Callable[[], dict[str, int]]
    pid: Callable[[], int]
    memory: dict[str, float] = field(default_factory=dict)

    def look_at_memory(self) -> None:
        """Keep the largest memory seen; called between the blocks, so that it costs no turn."""
        for name, value in memory(self.pid()).items():
            self.memory[name] = max(self.memory.get(name, 0), value)


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def memory(pid: int) -> dict[str, float]:
    """MB of a process and its children: resident, proportional, and the highest resident that the kernel saw."""
    sums = {"rss": 0.0, "pss": 0.0, "high": 0.0}
    for process in _family(pid):
        proc = Path("/proc") / str(process)
        try:
            rows = (proc / "smaps_rollup").read_text() + (proc / "status").read_text()
        except OSError:
            continue
        for key, name in (("Rss:", "rss"), ("Pss:", "pss"), ("VmHWM:", "high")):
            sums[name] += next(int(row.split()[1]) / 1024 for row in rows.splitlines() if row.startswith(key))
    return sums


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in (Path("/proc") / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def load() -> float:
    """The machine's load average of the last minute."""
    return float(Path("/proc/loadavg").read_text().split()[0])


def timed(sender: Sender, text: str) -> float:
    """Milliseconds of a turn."""
    return seconds(lambda: sender.turn(text)) * 1000


def turns(side: Side, sentences: Sentences, kind: str, each: int) -> list[float]:
    """Milliseconds of ``each`` turns of a kind in every language, a new conversation per language."""
    spent = []
    for language, by_kind in sentences.items():
        if kind == "form":
            conversations = max(1, each // 8)
            for _ in range(conversations):
                spent += [value * 1000 for value in side.begin(language).form()]
            continue
        sender = side.begin(language)
        for _, text in itertools.islice(itertools.cycle(by_kind[kind]), each):
            spent.append(timed(sender, text))
    side.look_at_memory()
    return spent


def throughput(side: Side, sentences: Sentences, senders: int, messages: int) -> float:
    """Messages per second of several senders at once, who say plain and action sentences in turn."""
    languages = itertools.cycle(sentences)
    people = [(side.begin(language), language) for language in itertools.islice(languages, senders)]
    start = threading.Barrier(senders + 1)
    failed: list[BaseException] = []

    def talk(sender: Sender, language: str, offset: int) -> None:
        texts = [text for pair in zip(*sentences[language].values(), strict=False) for _, text in pair]
        start.wait()
        try:
            for text in itertools.islice(itertools.cycle(texts), offset, offset + messages // senders):
                sender.turn(text)
        except Exception as error:  # noqa: BLE001 - raised below, in the thread that counts
            failed.append(error)

    threads = [threading.Thread(target=talk, args=(*person, number)) for number, person in enumerate(people)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - began
    if failed:
        raise failed[0]
    side.look_at_memory()
    return (messages // senders) * senders / spent


class Growing:
    """Conversations of one side that become longer and longer."""

    def __init__(self, side: Side, sentences: Sentences, count: int) -> None:
        self._side, self._sentences = side, sentences
        before = set(side.events())
        languages = itertools.islice(itertools.cycle(sentences), count)
        self.people = [(side.begin(language), language) for language in languages]
        self._ids = set(side.events()) - before

    def events(self) -> float:
        """The median number of events of these conversations."""
        found = self._side.events()
        return statistics.median(found[name] for name in self._ids)

    def grow(self, events: int) -> None:
        """Talk until the conversations have so many events, four at a time."""
        while self.events() < events:
            groups = [self.people[number::4] for number in range(4)]
            threads = [threading.Thread(target=self._one_turn_each, args=(group,)) for group in groups]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def _one_turn_each(self, people: list[tuple[Sender, str]]) -> None:
        for sender, language in people:
            sender.turn(self._sentences[language]["plain"][0][1])

    def measure(self, number: int, kind: str, offset: int) -> float:
        """Milliseconds of a turn of one conversation."""
        sender, language = self.people[number]
        texts = self._sentences[language][kind]
        return timed(sender, texts[offset % len(texts)][1])


def growth(sides: tuple[Side, Side], sentences: Sentences, count: int) -> dict[str, Any]:
    """The median milliseconds of a turn by side, kind and number of events; the sides take turns message by message."""
    growing = {side.name: Growing(side, sentences, count) for side in sides}
    found: dict[str, Any] = {side.name: {} for side in sides}
    for level in LEVELS:
        for conversations in growing.values():
            conversations.grow(level)
        at = {name: conversations.events() for name, conversations in growing.items()}
        spent: dict[tuple[str, str], list[float]] = {}
        for offset, kind in itertools.product(range(1 if level < 50 else 3), ("plain", "action")):
            for number in range(count):
                for name, conversations in growing.items():
                    spent.setdefault((name, kind), []).append(conversations.measure(number, kind, offset))
        for (name, kind), values in spent.items():
            found[name].setdefault(kind, {})[str(level)] = {"events": at[name], "p50": statistics.median(values)}
    for side in sides:
        side.look_at_memory()
    return found

"""Kills the four processes at random moments, with a liking for those that hurt most, and starts them again."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from scripts.stack import Stack, StackError
from tests.flaky import FlakyLine, Window

LIVES = {"backend": (0.5, 4), "actions": (0.5, 4), "worker": (0.5, 3), "bot": (1, 4)}
"""Between how many times the seconds that it took to come back a process lives: a slow machine is not down all the time."""
ONCE = frozenset({"intake", "confirmation", "hold", "withdrawal"})
"""The calls around which a crash hurts most: what they do must happen exactly once."""
SECONDS_IN_AMBUSH = 8


@dataclass
class StackOverLine(Stack):
    """A stack whose actions and worker reach the backend over a line."""

    line_port: int = 0

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "LOTSE_BACKEND_URL": f"http://127.0.0.1:{self.line_port}"}

    def lives(self, name: str) -> bool:
        """Whether a process was started and has not ended."""
        process = self._processes.get(name)
        return process is not None and process.poll() is None


@dataclass
class Killer:
    """``in_turn`` says whether anybody waits for an answer just now; ``kills`` counts by process and moment."""

    stack: Stack
    line: FlakyLine
    in_turn: Callable[[], bool]
    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    """Processes that did not come back."""
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Meanwhile processes die; afterwards all of them are up."""
        threads = [threading.Thread(target=self._haunt, args=(name,)) for name in LIVES]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def killed(self, name: str) -> int:
        """How often a process was killed."""
        return sum(count for (victim, _), count in self.kills.items() if victim == name)

    def _haunt(self, name: str) -> None:
        chance = random.Random(f"{self.seed}:{name}")  # noqa: S311 - moments of crashes, not secrets
        # Nobody gets away in a short run: the first time comes soon, and waits for nothing.
        pause, lurks = chance.uniform(0.5, 2.5), False
        try:
            while not self._stop.wait(pause):
                self._kill(name, chance, lurks)
                lurks = True
                time.sleep(chance.uniform(0, 1.5))
                began = time.monotonic()
                self._start(name)
                pause = chance.uniform(*LIVES[name]) * (time.monotonic() - began)
        except StackError as error:
            self.failed.append(str(error))

    def _kill(self, name: str, chance: random.Random, lurks: bool) -> None:
        if lurks and chance.random() < 0.5:
            window = chance.choice(list(Window))
            with self.line.ambush(ONCE, window, SECONDS_IN_AMBUSH) as call:
                moment = f"{call} {window.value}" if call else self._moment()
                self.stack.kill(name)
        else:
            moment = self._moment()
            self.stack.kill(name)
        self.kills[name, moment] += 1

    def _moment(self) -> str:
        calls = self.line.under_way()
        return f"during {calls[0]}" if calls else "during a turn" if self.in_turn() else "between turns"

    def _start(self, name: str) -> None:
        if name == "worker":
            (self.stack.data / "worker.alive").unlink(missing_ok=True)
        for pause in (0, 2, 5, None):
            try:
                if not self.stack.lives(name):
                    self.stack.start(name)
                self.stack.wait(name)
                return
            except StackError:
                # Its port may just be the other end of somebody's connection, or the machine is slow: a supervisor tries again.
                if pause is None:
                    raise
                time.sleep(pause)

"""How much one conversation, and one address, may send."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """A token bucket per key, in memory; the oldest keys are forgotten when there are too many."""

    def __init__(self, burst: int, per_minute: int, keys: int = 20_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._keys, self._clock = burst, per_minute / 60, keys, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, key: str) -> int:
        """0 and one use counted, or how long to wait without counting."""
        now = self._clock()
        tokens, since = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) * self._rate)
        wait = 0 if tokens >= 1 else int((1 - tokens) / self._rate) + 1
        self._buckets[key] = (tokens - 1 if wait == 0 else tokens, now)
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        return wait

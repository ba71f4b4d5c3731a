"""How well the pages of a region fit one question, and what tells how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

NEIGHBOURS = 5


class Ranking:
    """How well each page fits one question; a page is named once for all its languages."""

    def __init__(self, names: Sequence[str]) -> None:
        size = len(names)
        self.names = list(names)
        self.score, self.nearness, self.held = (np.full(size, start, dtype=np.float32) for start in (0, -1, 0))
        self.same = False

    def best(self, k: int) -> list[int]:
        """The places of the best pages, best first."""
        return [int(place) for place in np.argsort(-self.score, kind="stable")[:k]]

    def remove(self, place: int) -> None:
        """As if the region did not have that page."""
        del self.names[place]
        for name in ("score", "nearness", "held"):
            setattr(self, name, np.delete(getattr(self, name), place))

    def features(self, place: int) -> dict[str, float]:
        """What tells how sure it is that a page answers: see ``neutral.VECTOR_FEATURES``."""
        others = np.sort(np.delete(self.score, place))[::-1][:NEIGHBOURS]
        return {
            "nearness": float(self.nearness[place]),
            "level": float(self.nearness.mean()),
            "lead": float(self.score[place] - others[0]) if others.size else 0.0,
            "spread": float(self.score[place] - others.mean()) if others.size else 0.0,
            "held": float(self.held[place]),
            "same": float(self.same),
        }

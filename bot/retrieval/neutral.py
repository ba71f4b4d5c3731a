"""What ``scripts/train_retrieval.py`` learnt: how to take language and style out of a vector, and how sure an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.languages import SOURCE_LANGUAGE, base
from bot.nlu.encoder import Encoder, Vectors

MODEL = Path(__file__).with_name("neutral.npz")
PROBE = "Wo bekomme ich Hilfe?"
"""Its vector tells whether an encoder is the one that the model was trained with."""
PRIOR = 20
"""The mean of a region's passages counts for as many as there are, the learnt mean of their language for so many."""
VECTOR_FEATURES = ("nearness", "level", "lead", "spread", "held", "same")
"""Nearest passage of the page; mean of all pages' nearest; distance to the next page and to the next five; share of the
question's letters that the page has; whether there are pages in the question's language."""
LETTER_FEATURES = ("lead", "held")


def unit(vectors: Vectors) -> Vectors:
    """Rows made length one; rows of zeros stay."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), dtype=np.float32)


class Neutral:
    """Vectors of one encoder without what is only language or style; texts that mean the same are then nearer to each other."""

    def __init__(
        self,
        means: Mapping[str, Vectors],
        directions: Vectors,
        bridge: Vectors,
        topics: Vectors,
        with_vectors: NDArray[np.float64],
        letters: NDArray[np.float64],
    ) -> None:
        """``directions``: rows of length one, to be taken out. ``bridge``: turns a question in another language to where the same
        one is in German. ``topics``: a column each, how much a text is about it. Last: weights of the features of an answer,
        then a constant.
        """
        self._means, self._directions, self._bridge, self._topics = dict(means), directions, bridge, topics
        self._weights, self._letters = with_vectors, letters
        nothing = np.zeros(directions.shape[1], dtype=np.float32)
        self._mean = np.mean(list(self._means.values()), axis=0) if self._means else nothing

    def questions(self, vectors: Vectors, language: str) -> Vectors:
        """The vectors of questions in a language."""
        found = self._without(vectors - self._means.get(base(language), self._mean))
        return found if base(language) == SOURCE_LANGUAGE else unit(found @ self._bridge)

    def passages(self, vectors: Vectors, language: str) -> Vectors:
        """The vectors of all passages of a region in a language."""
        prior = self._means.get(base(language), self._mean)
        mean = (vectors.sum(axis=0) + PRIOR * prior) / (len(vectors) + PRIOR)
        return self._without(vectors - mean)

    def about(self, vectors: Vectors) -> Vectors:
        """Which of our topics they are about, as rows of length one; no columns where the encoder is another one."""
        return unit(vectors @ self._topics)

    def _without(self, vectors: Vectors) -> Vectors:
        return unit(vectors - vectors @ self._directions.T @ self._directions)

    def confidence(self, features: Mapping[str, float]) -> float:
        """How likely it is that a page answers its question; by letters alone where the encoder is another one."""
        names, weights = (VECTOR_FEATURES, self._weights) if self._means else (LETTER_FEATURES, self._letters)
        total = sum(float(weight) * features[name] for name, weight in zip(names, weights[:-1], strict=True)) + float(weights[-1])
        return float(1 / (1 + np.exp(-total)))


@lru_cache(maxsize=1)
def _model() -> tuple[Neutral, Vectors]:
    with np.load(MODEL, allow_pickle=False) as file:
        means = dict(zip(file["languages"].tolist(), file["means"], strict=True))
        learnt = {name: file[name].astype(np.float32) for name in ("directions", "bridge", "topics")}
        return Neutral(means, **learnt, with_vectors=file["with_vectors"], letters=file["letters"]), file["probe"]


def forget() -> None:
    """Read the model anew at its next use."""
    _model.cache_clear()


def neutral_for(encoder: Encoder) -> Neutral:
    """The trained model if it was trained with this encoder; else one that only takes out the mean and trusts letters alone."""
    model, probe = _model()
    found = encoder.encode([PROBE])
    if found.shape[1] == probe.shape[0] and float(found[0] @ probe) > 0.999:
        return model
    width = found.shape[1]
    none, same = np.zeros((0, width), dtype=np.float32), np.eye(width, dtype=np.float32)
    return Neutral({}, none, same, none.T, np.zeros(0), model._letters)

"""A classifier over two views of a text: its sentence vector and its letters.

The sentence vector carries meaning across languages; letters carry names, office words and spellings that it cannot read.
Each view is a kernel ridge regression (a least-squares support vector machine): solved in closed form, so training takes seconds
and gives the same model every time. Why not logistic regression, and how much each view is worth: benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Optional

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.model_selection import StratifiedShuffleSplit

from bot.nlu.encoder import default_encoder
from bot.nlu.normalise import fold, normalise
from bot.nlu.romanised import readable

BUCKETS = 1 << 15
HELD_OUT = 0.2
Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def _ngrams() -> HashingVectorizer:
    # Folded words find each other over keyboards and misspellings.
    return HashingVectorizer(
        analyzer="char_wb", ngram_range=(1, 4), n_features=BUCKETS, alternate_sign=False, preprocessor=fold, dtype=np.float32
    )


def letters(texts: Sequence[str], chosen: Optional[str] = None) -> sp.csr_matrix:
    """Character n-grams of each text, a row of length one each; of a romanised text those of both its spellings."""
    both = [f"{text} {other}" if other != text else text for text in texts for other in [readable(text, chosen)]]
    counts = _ngrams().transform(both)
    counts.data = np.sqrt(counts.data)
    norms = np.sqrt(counts.multiply(counts).sum(axis=1)).A1
    norms[norms == 0] = 1
    return sp.csr_matrix(sp.diags(1 / norms) @ counts)


@lru_cache(maxsize=4)
def _row(text: str, chosen: Optional[str]) -> sp.csr_matrix:
    """The letters of one text; the guard and the classifier ask one after the other."""
    return letters([text], chosen)


def vectors(texts: Sequence[str], chosen: Optional[str] = None) -> Floats:
    """Sentence vectors, a row each; empty columns where no encoder runs. ``chosen``: language of the conversation."""
    return default_encoder().encode([normalise(readable(text, chosen)) for text in texts])


class TwoViews:
    """A calibrated classifier of texts."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        """``state``: what ``trained`` returned, or what was saved of it."""
        self.state = dict(state)
        self.classes = [str(name) for name in state["classes"]]
        self._support = np.asarray(state["support"], dtype=np.float32)
        self._lengths = (self._support**2).sum(axis=1)

    @classmethod
    def trained(cls, texts: Sequence[str], labels: Sequence[str], config: Mapping[str, Any]) -> TwoViews:
        """Fit both views and their temperature.

        ``config``: ``width`` of the kernel over vectors, ``ridge_meaning`` and ``ridge_letters`` (strengths of regularisation),
        ``letters`` (weight of that view beside 1 for meaning), ``apart`` (a text whose letters are nearer than that to another
        one of its class has no part in the view of meaning; 1 are the same letters).
        """
        written, wanted = letters(texts), np.array(labels)
        classes, numbers = np.unique(wanted, return_inverse=True)
        targets = np.full((len(texts), len(classes)), -1 / max(len(classes) - 1, 1), dtype=np.float32)
        targets[np.arange(len(texts)), numbers] = 1

        # Encoding is what training costs: a text that says the same in nearly the same letters is not worth it.
        told = _apart(written, numbers, float(config["apart"]))
        meaning = vectors([texts[number] for number in told])
        mean, deviation = meaning.mean(axis=0), meaning.std(axis=0) + 1e-6
        meaning = np.asarray((meaning - mean) / deviation, dtype=np.float32)

        # Those who are held out come last: the factor of all then holds the factor of the others, and one solution serves both.
        split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=1)
        rows, others = next(split.split(told, numbers[told]))
        silent = np.setdiff1d(np.arange(len(texts)), told)
        order, some = np.concatenate([silent, told[rows], told[others]]), len(texts) - len(others)
        meaning, written = meaning[np.concatenate([rows, others])], written[order]
        targets, numbers = targets[order], numbers[order]
        shared = np.asarray((written @ written.T).todense(), dtype=np.float32)
        first, dual = _solved(shared, targets, float(config["ridge_letters"]), some)
        scores = float(config["letters"]) * (written[some:] @ (written[:some].T @ first))
        primal = np.asarray(written.T @ dual, dtype=np.float32)
        dual = np.zeros((len(told), len(classes)), dtype=np.float32)
        if meaning.shape[1]:
            near = _gaussian(meaning, meaning, float(config["width"]))
            between = near[len(rows) :, : len(rows)].copy()
            first, dual = _solved(near, targets[len(silent) :], float(config["ridge_meaning"]), len(rows))
            scores = scores + between @ first
        temperature = _temperature(scores, numbers[some:])
        return cls(
            {
                "classes": classes.astype(str),
                "width": np.float32(config["width"]),
                "share": np.float32(config["letters"]),
                "temperature": np.float32(temperature),
                "mean": mean,
                "deviation": deviation,
                # Half the precision: a sixteenth of a percent of a vector's length, and half the size of the model.
                "support": meaning.astype(np.float16),
                "dual": dual,
                "letters": primal,
            }
        )

    def probabilities(self, text: str, chosen: Optional[str] = None) -> Floats:
        """How likely each of ``classes`` is; they sum up to one. ``chosen``: language of the conversation."""
        state = self.state
        row = _row(text, chosen)
        # Few of the buckets occur in a message: only their rows are looked at.
        scores = float(state["share"]) * (row.data @ state["letters"][row.indices])
        if self._support.shape[1]:
            vector = np.asarray((vectors([text], chosen)[0] - state["mean"]) / state["deviation"], dtype=np.float32)
            distances = self._lengths + vector @ vector - 2 * (self._support @ vector)
            scores = scores + np.exp(-float(state["width"]) / len(vector) * distances) @ state["dual"]
        return np.asarray(np.exp(_log_softmax(scores[None] / float(state["temperature"])))[0], dtype=np.float32)


def _apart(written: sp.csr_matrix, numbers: NDArray[np.int64], limit: float) -> NDArray[np.int64]:
    """The texts, in order, whose letters are not nearer than ``limit`` to one of the same class before; two of each at least."""
    found: list[int] = []
    for number in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == number)
        near = np.asarray((written[members] @ written[members].T).todense())
        kept: list[int] = []
        for place in range(len(members)):
            if len(kept) < 2 or near[place, kept].max() <= limit:
                kept.append(place)
        found += members[kept].tolist()
    return np.array(sorted(found), dtype=np.int64)


def _gaussian(some: Floats, others: Floats, width: float) -> Floats:
    """How near each of some vectors is to each of others: 1 the same, 0 far."""
    distances = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2 * some @ others.T
    return np.asarray(np.exp(-width / some.shape[1] * distances), dtype=np.float32)


def _solved(kernel: Floats, targets: Floats, ridge: float, some: int) -> tuple[Floats, Floats]:
    """The dual weights of a ridge regression on the first ``some`` rows, and on all; the kernel is overwritten."""
    kernel[np.diag_indices_from(kernel)] += ridge
    factor, lower = scipy.linalg.cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    part, whole = (
        scipy.linalg.cho_solve((factor[:size, :size], lower), targets[:size], check_finite=False) for size in (some, len(targets))
    )
    return np.asarray(part, dtype=np.float32), np.asarray(whole, dtype=np.float32)


def _log_softmax(scores: Any) -> Any:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _temperature(scores: Any, wanted: NDArray[np.int64]) -> float:
    """The temperature under which probabilities of texts that were held out mean what they say (least surprise)."""
    rows = np.arange(len(wanted))
    return float(min(np.geomspace(0.02, 2, 60), key=lambda heat: -_log_softmax(scores / heat)[rows, wanted].mean()))

"""A classifier over two views of a text: its sentence vector and its letters.

The sentence vector carries meaning across languages; letters carry names, office words and spellings that it cannot read.
Both are one kernel ridge regression (a least-squares support vector machine) on the sum of two kernels: solved in closed form, so
training gives the same model every time. Why not logistic regression, and how much each view is worth: benchmarks/README.md.
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
OFTEN = 0.05
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
        """Fit both views together, and their temperature.

        ``config``: ``width`` of the kernel over vectors, ``letters`` (weight of theirs beside 1 for meaning), ``ridge`` (strength
        of regularisation), ``apart`` (a text whose letters are nearer than that to another one of its class is left out; 1 are
        the same letters; without an encoder none is left out).
        """
        encodes = default_encoder().encode([]).shape[1] > 0
        written, (classes, numbers) = letters(texts), np.unique(np.array(labels), return_inverse=True)
        # Encoding is what training costs: a text that says the same in nearly the same letters is not worth it.
        told = _apart(written, numbers, float(config["apart"]) if encodes else 1.0)
        # Those who are held out come last: the factor of all then holds the factor of the others, and one solution serves both.
        split = StratifiedShuffleSplit(1, test_size=HELD_OUT, random_state=1)
        rows, others = next(split.split(told, numbers[told]))
        order, some = told[np.concatenate([rows, others])], len(rows)
        written, numbers = written[order], numbers[order]
        meaning = vectors([texts[number] for number in order])
        mean, deviation = meaning.mean(axis=0), meaning.std(axis=0) + 1e-6
        meaning = np.asarray((meaning - mean) / deviation, dtype=np.float32)

        kernel = float(config["letters"]) * _shared(written)
        if encodes:
            kernel += _gaussian(meaning, meaning, float(config["width"]))
        between = kernel[some:, :some].copy()
        targets = np.full((len(order), len(classes)), -1 / max(len(classes) - 1, 1), dtype=np.float32)
        targets[np.arange(len(order)), numbers] = 1
        first, dual = _solved(kernel, targets, float(config["ridge"]), some)
        return cls(
            {
                "classes": classes.astype(str),
                "width": np.float32(config["width"]),
                "temperature": np.float32(_temperature(between @ first, numbers[some:])),
                "mean": mean,
                "deviation": deviation,
                # Half the precision: a sixteenth of a percent of a vector's length, and half the size of the model.
                "support": meaning.astype(np.float16),
                "dual": dual,
                "letters": np.asarray(float(config["letters"]) * (written.T @ dual), dtype=np.float32),
            }
        )

    def probabilities(self, text: str, chosen: Optional[str] = None) -> Floats:
        """How likely each of ``classes`` is; they sum up to one. ``chosen``: language of the conversation."""
        state = self.state
        row = _row(text, chosen)
        # Few of the buckets occur in a message: only their rows are looked at.
        scores = row.data @ state["letters"][row.indices]
        if self._support.shape[1]:
            vector = np.asarray((vectors([text], chosen)[0] - state["mean"]) / state["deviation"], dtype=np.float32)
            distances = self._lengths + vector @ vector - 2 * (self._support @ vector)
            scores = scores + np.exp(-float(state["width"]) / len(vector) * distances) @ state["dual"]
        return np.asarray(np.exp(_log_softmax(scores[None] / float(state["temperature"])))[0], dtype=np.float32)


def _shared(written: sp.csr_matrix) -> Floats:
    """How much each two of some texts share of their letters: 1 all, 0 none."""
    # As one dense block what many texts have is multiplied four times as fast.
    often = np.bincount(written.indices, minlength=written.shape[1]) > OFTEN * written.shape[0]
    dense, rest = written[:, often].toarray(), written[:, ~often]
    return np.asarray(dense @ dense.T + (rest @ rest.T).toarray(), dtype=np.float32)


def _apart(written: sp.csr_matrix, numbers: NDArray[np.int64], limit: float) -> NDArray[np.int64]:
    """The texts, in order, whose letters are not nearer than ``limit`` to one of the same class before; two of each at least."""
    found: list[int] = []
    for number in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == number)
        near = _shared(written[members])
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

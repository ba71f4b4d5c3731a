"""Makes bot/retrieval/neutral.npz from our own example messages and from questions about the pages of one region:
``python scripts/train_retrieval.py --pages FILE … --questions FILE … --foreign FILE … [--index FILE]``.

Learns per language the mean vector, the directions in which languages and styles of asking differ, and the weights that turn the
features of an answer into a probability. Which data the one in the repository was made from: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.nlu.encoder import Encoder, NoEncoder, Vectors, default_encoder
from bot.retrieval import neutral
from bot.retrieval.index import Index
from bot.retrieval.ranking import Ranking
from bot.settings import ROOT
from scripts.evaluate_retrieval import Question, made_index, pages_in, questions_in

SAMPLE = 120
DIRECTIONS = 12
FOLDS = 5
FOREIGN, REMOVED = 3.0, 0.5
"""Weights of examples: there are few foreign questions, and where a page is removed another one may answer as well."""
Rows = list[tuple[dict[str, float], bool, str, float]]


def messages() -> dict[str, list[str]]:
    """Some of our example messages by language, without their marks for entities."""
    from rasa.shared.nlu.training_data.entities_parser import replace_entities

    found = {}
    for folder in sorted((ROOT / "data/nlu").iterdir()):
        texts = [
            replace_entities(line.strip()[2:])
            for path in sorted(folder.glob("*.yml"))
            for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            for line in entry.get("examples", "").splitlines()
            if line.strip().startswith("- ") and str(entry.get("intent", "")).startswith("ask_")
        ]
        random.Random(0).shuffle(texts)  # noqa: S311  a sample, not a secret
        if len(texts) >= SAMPLE / 2:
            found[folder.name] = texts[:SAMPLE]
    return found


def languages_apart(encoder: Encoder, asked: Iterable[Sequence[Question]]) -> tuple[dict[str, Vectors], Vectors]:
    """The mean of our messages by language, and the directions in which these and other kinds of text differ."""
    means = {language: encoder.encode(texts).mean(axis=0) for language, texts in messages().items()}
    styles = [encoder.encode([one.text for one in some]).mean(axis=0) for some in asked]
    together = np.stack([*means.values(), *styles])
    directions = np.linalg.svd(together - together.mean(axis=0), full_matrices=False)[2][:DIRECTIONS]
    return means, np.asarray(directions, dtype=np.float32)


def examples(indexes: Sequence[Index], questions: Sequence[Question], foreign: Sequence[Question]) -> Rows:
    """Features of a first page, whether it is the right one, and a group that training and test must not share, weight."""
    rows: Rows = []

    def add(ranking: Ranking, right: str, group: str, weight: float = 1.0) -> None:
        place = ranking.best(1)[0]
        rows.append((ranking.features(place), ranking.names[place] == right, group, weight))

    for index in indexes:
        for one in foreign:
            add(index.rank(one.text, [one.language, *index.languages]), "", one.text, FOREIGN)
        for one in questions:
            ranking = index.rank(one.text, [one.language, *index.languages])
            add(ranking, one.page if one.answerable else "", one.page)
            if one.answerable and one.page in ranking.names:
                ranking.remove(ranking.names.index(one.page))
                add(ranking, "", one.page, REMOVED)
    return rows


def fitted(rows: Rows, names: Sequence[str]) -> NDArray[np.float64]:
    """Weights of the features, the constant last; prints how well they do on groups that they were not fitted to."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, roc_auc_score

    table = np.array([[features[name] for name in names] for features, _, _, _ in rows])
    right, weight = np.array([one[1] for one in rows]), np.array([one[3] for one in rows])
    groups = sorted({group for _, _, group, _ in rows})
    random.Random(0).shuffle(groups)  # noqa: S311  folds, not a secret
    fold = np.array([groups.index(group) % FOLDS for _, _, group, _ in rows])
    found = np.zeros(len(rows))
    for number in range(FOLDS):
        some = fold != number
        model = LogisticRegression(max_iter=2000).fit(table[some], right[some], weight[some])
        found[~some] = model.predict_proba(table[~some])[:, 1]
    model = LogisticRegression(max_iter=2000).fit(table, right, weight)
    weights = np.append(model.coef_[0], model.intercept_[0])
    area, distance = roc_auc_score(right, found, sample_weight=weight), brier_score_loss(right, found, sample_weight=weight)
    print(f"{len(rows)} examples, {right.mean():.2f} right; AUROC {area:.3f}, Brier {distance:.3f}")
    print({name: round(float(weight), 2) for name, weight in zip([*names, "constant"], weights, strict=True)})
    return weights


def save(means: Mapping[str, Vectors], directions: Vectors, probe: Vectors, weights: Mapping[str, NDArray[np.float64]]) -> None:
    """Write the model; what was loaded before is forgotten."""
    stacked = np.stack(list(means.values())).astype(np.float32)
    np.savez_compressed(
        neutral.MODEL, languages=np.array(list(means)), means=stacked, directions=directions, probe=probe, **dict(weights)
    )
    neutral.forget()


def main() -> int:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--pages", "--questions", "--foreign"):
        parser.add_argument(name, nargs="+", type=Path, required=True)
    parser.add_argument("--index", type=Path, help="keep the vectors here")
    given = parser.parse_args()
    encoder = default_encoder()
    pages, names = pages_in(given.pages)
    asked = [questions_in(file, names) for file in given.questions]
    foreign = [one for file in given.foreign for one in questions_in(file, {})]
    means, directions = languages_apart(encoder, asked)
    probe = encoder.encode([neutral.PROBE])[0]
    start = {"with_vectors": np.zeros(len(neutral.VECTOR_FEATURES) + 1), "letters": np.zeros(len(neutral.LETTER_FEATURES) + 1)}
    save(means, directions, probe, start)
    whole = made_index(pages, encoder, given.index)
    single = [Index.build([page for page in pages if page.language == one], encoder, whole) for one in whole.languages]
    questions = [one for some in asked for one in some]
    weights = {"with_vectors": fitted(examples([whole, *single], questions, foreign), neutral.VECTOR_FEATURES)}
    letters = [Index.build(index.pages, NoEncoder()) for index in single]
    rows = [row for row in examples(letters, questions, foreign) if row[0]["same"]]
    weights["letters"] = fitted(rows, neutral.LETTER_FEATURES)
    save(means, directions, probe, weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())

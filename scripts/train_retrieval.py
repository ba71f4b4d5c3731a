"""Makes bot/retrieval/neutral.npz from our own texts and from questions about the pages of one region:
``python scripts/train_retrieval.py --pages FILE … --questions FILE … --foreign FILE … [--index FILE]``.

Learns the mean vector of each language and the directions in which languages and styles of asking differ; from our catalogues,
what brings the languages nearer to German; from our messages, what is about which topic; from the questions, the weights that
turn the features of an answer into a probability. Which data the one in the repository was made from: benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.languages import SOURCE_LANGUAGE, base
from bot.nlu.encoder import Encoder, NoEncoder, Vectors, default_encoder
from bot.retrieval import neutral
from bot.retrieval.index import Index
from bot.retrieval.neutral import Neutral
from bot.retrieval.ranking import Ranking
from bot.settings import ROOT
from scripts.catalogues import offered, read
from scripts.evaluate import NO_TOPICS
from scripts.evaluate_retrieval import Question, made_index, pages_in, questions_in

SAMPLE = 120
DIRECTIONS = 12
FOLDS = 5
BRIDGE, RIDGE = 65, 20
"""How strongly what is learnt from sentences and messages is held back; chosen in benchmarks/README.md."""
FOREIGN, REMOVED = 3.0, 0.5
"""Weights of examples: there are few foreign questions, and where a page is removed another one may answer as well."""
Rows = list[tuple[dict[str, float], bool, str, float]]


def messages() -> dict[str, list[tuple[str, str]]]:
    """Our example messages about topics by language, shuffled, without their marks for entities: intent and text."""
    from rasa.shared.nlu.training_data.entities_parser import replace_entities

    found = {}
    for folder in sorted((ROOT / "data/nlu").iterdir()):
        texts = [
            (intent, replace_entities(line.strip()[2:]))
            for path in sorted(folder.glob("*.yml"))
            for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            for intent in [str(entry.get("intent", ""))]
            for line in entry.get("examples", "").splitlines()
            if line.strip().startswith("- ") and intent.startswith("ask_")
        ]
        random.Random(0).shuffle(texts)  # noqa: S311  a sample, not a secret
        if len(texts) >= SAMPLE / 2:
            found[folder.name] = texts
    return found


def sentences() -> dict[str, list[str]]:
    """What our catalogues say in German and in all languages that are complete: the same sentence at the same place."""
    said = {}
    for language in offered():
        if base(language) == SOURCE_LANGUAGE:
            continue
        entries = [entry for entry in read(language) if isinstance(entry.id, str) and entry.id and entry.string]
        said[language] = {_plain(entry.id): _plain(str(entry.string)) for entry in entries}
    common = sorted(text for text in set.intersection(*map(set, said.values())) if text and 25 <= len(text) <= 300)
    return {SOURCE_LANGUAGE: common, **{language: [told[text] for text in common] for language, told in said.items()}}


def _plain(text: str) -> str:
    """Without placeholders."""
    return " ".join(re.sub(r"\{[^{}]*\}", "", text).split())


def bridge(encoder: Encoder, learnt: Neutral) -> Vectors:
    """The matrix that brings sentences in any language nearest to the German ones, and else changes as little as it can."""
    said = {language: learnt.questions(encoder.encode(texts), language) for language, texts in sentences().items()}
    german = said.pop(SOURCE_LANGUAGE)
    theirs, ours = np.concatenate(list(said.values())), np.concatenate([german] * len(said))
    prior = BRIDGE * np.eye(german.shape[1])
    return np.asarray(np.linalg.solve(theirs.T @ theirs + prior, theirs.T @ ours + prior), dtype=np.float16)


def topics(encoder: Encoder, learnt: Neutral) -> Vectors:
    """A column for each topic: how much a text is about it, learnt from all messages."""
    asked = {language: [one for one in some if one[0] not in NO_TOPICS] for language, some in messages().items()}
    rows = np.concatenate([learnt.questions(encoder.encode([text for _, text in some]), name) for name, some in asked.items()])
    names = np.array([intent for some in asked.values() for intent, _ in some])
    wanted = (names[:, None] == np.unique(names)[None]).astype(np.float32)
    prior = RIDGE * np.eye(rows.shape[1])
    return np.asarray(np.linalg.solve(rows.T @ rows + prior, rows.T @ (wanted - wanted.mean(axis=0))), dtype=np.float16)


def languages_apart(encoder: Encoder, asked: Iterable[Sequence[Question]]) -> tuple[dict[str, Vectors], Vectors]:
    """The mean of our messages by language, and the directions in which these and other kinds of text differ."""
    ours = messages()
    means = {language: encoder.encode([text for _, text in some[:SAMPLE]]).mean(axis=0) for language, some in ours.items()}
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


def save(means: Mapping[str, Vectors], learnt: Mapping[str, NDArray[Any]]) -> Neutral:
    """Write the model; what was loaded before is forgotten."""
    stacked = np.stack(list(means.values())).astype(np.float32)
    np.savez_compressed(neutral.MODEL, languages=np.array(list(means)), means=stacked, **dict(learnt))
    neutral.forget()
    return neutral.neutral_for(default_encoder())


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
    width = directions.shape[1]
    learnt: dict[str, NDArray[Any]] = {
        "directions": directions,
        "bridge": np.eye(width),
        "topics": np.zeros((width, 0)),
        "probe": encoder.encode([neutral.PROBE])[0],
        "with_vectors": np.zeros(len(neutral.VECTOR_FEATURES) + 1),
        "letters": np.zeros(len(neutral.LETTER_FEATURES) + 1),
    }
    # Each is learnt with what was learnt before it.
    learnt["bridge"] = bridge(encoder, save(means, learnt))
    learnt["topics"] = topics(encoder, save(means, learnt))
    save(means, learnt)
    whole = made_index(pages, encoder, given.index)
    single = [Index.build([page for page in pages if page.language == one], encoder, whole) for one in whole.languages]
    questions = [one for some in asked for one in some]
    learnt["with_vectors"] = fitted(examples([whole, *single], questions, foreign), neutral.VECTOR_FEATURES)
    letters = [Index.build(index.pages, NoEncoder()) for index in single]
    rows = [row for row in examples(letters, questions, foreign) if row[0]["same"]]
    learnt["letters"] = fitted(rows, neutral.LETTER_FEATURES)
    save(means, learnt)
    return 0


if __name__ == "__main__":
    sys.exit(main())

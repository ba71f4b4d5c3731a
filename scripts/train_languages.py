"""Makes ``bot/nlu/ngrams.npz``: ``python scripts/train_languages.py CORPORA``.

``CORPORA`` holds ``sib200/<lang>_<Script>.tsv`` (SIB-200, sentences of FLORES-200, CC BY-SA 4.0) and ``phrasebook/*.tsv``
(Refugee Phrasebook, CC0). Added are our own training messages and catalogues, where romanised spelling comes from.
Run it again when a language is added; nothing else needs the corpora.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.nlu.ngrams import BUCKETS, MODEL, ROMANISED, ngrams, script  # noqa: E402 - the path comes first
from bot.nlu.normalise import normalise  # noqa: E402 - the path comes first
from scripts.catalogues import languages, read  # noqa: E402 - the path comes first

SMOOTHING = 0.2
SIB = {
    "deu_Latn": "de", "eng_Latn": "en", "arb_Arab": "ar", "apc_Arab": "ar", "acm_Arab": "ar", "ary_Arab": "ar", "arz_Arab": "ar",
    "arb_Latn": "ar-Latn", "tur_Latn": "tr", "ukr_Cyrl": "uk", "rus_Cyrl": "ru", "pes_Arab": "fa", "prs_Arab": "fa",
    "fra_Latn": "fr", "ron_Latn": "ro", "bul_Cyrl": "bg", "pol_Latn": "pl", "kmr_Latn": "kmr", "ckb_Arab": "ckb",
    "pbt_Arab": "ps", "tir_Ethi": "ti", "som_Latn": "so", "als_Latn": "sq", "srp_Cyrl": "sr", "hrv_Latn": "sr", "bos_Latn": "sr",
    "spa_Latn": "es", "ita_Latn": "it", "por_Latn": "pt", "nld_Latn": "nl", "hun_Latn": "hu", "ces_Latn": "cs", "vie_Latn": "vi",
    "urd_Arab": "ur", "amh_Ethi": "am", "azj_Latn": "az", "mkd_Cyrl": "mk",
}  # fmt: skip
PHRASEBOOK = {
    "Albanian": "sq", "Amharic": "am", "ArabicSyri": "ar", "Bulgarian": "bg", "DariFarsiA": "fa", "Farsi": "fa",
    "FarsiDari": "fa", "Dutch": "nl", "French": "fr", "German": "de", "Hungarian": "hu", "Italian": "it",
    "KurdishKur": "kmr", "KurdishSor": "ckb",
    "Pashto": "ps", "Polish": "pl", "Portuguese": "pt", "Romanian": "ro", "Russian": "ru", "Somali": "so", "Spanish": "es",
    "Tigrinya": "ti", "Turkish": "tr", "Urdu": "ur", "Vietnamese": "vi",
}  # fmt: skip
NOT_LATIN = {"ar", "fa", "ckb", "ps", "ur", "uk", "ru", "bg", "mk", "ti", "am"}
# How people of these languages write with Latin letters: the usual passports' way, and the shorter ones of phones.
CYRILLIC = {
    "uk": (
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя'",
        "a b v h g d e ye zh z y i yi y k l m n o p r s t u f kh ts ch sh shch _ yu ya _",
    ),
    "ru": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya"),
    "bg": ("абвгдежзийклмнопрстуфхцчшщъьюя", "a b v g d e j z i i k l m n o p r s t u f h c ch sh sht a y u q"),
}  # fmt: skip

Text = tuple[str, str, float]
"""A language, a text in it, and how much it counts."""


def _sib(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.glob("*.tsv")):
        tag = SIB.get(path.stem)
        if tag is None:
            continue
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = row["text"] or ""
                yield tag, text, 1.0
                if tag in CYRILLIC:
                    yield tag + ROMANISED, _latin(text, tag), 0.5


def _latin(text: str, tag: str) -> str:
    letters, latin = CYRILLIC[tag]
    way = dict(zip(letters, latin.split(), strict=True))
    return "".join(way.get(char, char).replace("_", "") for char in text.lower())


def _phrasebook(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.glob("*.tsv")):
        tag = next((tag for name, tag in PHRASEBOOK.items() if f"_{name}_" in path.name), None)
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) < 3 or not cells[0]:
                continue
            yield "en", cells[1], 0.3
            for cell in cells[2:]:
                if tag and cell.strip():
                    yield _written(tag, cell), cell, 3.0


def _written(tag: str, text: str) -> str:
    """The class of a text of a language: romanised if it has no letters of its own script."""
    return tag + ROMANISED if tag in NOT_LATIN and script(text) == "LATIN" else tag


def _ours() -> Iterator[Text]:
    for path in sorted((ROOT / "data/nlu").glob("*/*.yml")):
        tag = path.parent.name.split("-")[0]
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in entry or "lookup" in entry:
                for line in entry["examples"].splitlines():
                    yield _written(tag, line), line.removeprefix("- "), 3.0
    for tag in languages():
        for message in read(tag):
            if message.id and message.string:
                yield tag.split("-")[0], str(message.string), 1.0
                yield "de", str(message.id), 0.3


def train(texts: Iterator[Text]) -> None:
    """Count, smooth, and write the table in 255 steps."""
    counts: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = defaultdict(lambda: np.zeros(BUCKETS))
    for tag, text, weight in texts:
        buckets = np.fromiter(ngrams(_letters(text)), dtype=np.int64)
        if len(buckets):
            counts[tag] += np.bincount(buckets, minlength=BUCKETS) * weight
    tags = sorted(counts)
    matrix = np.stack([counts[tag] for tag in tags], axis=1)
    # A language with little text must not look likelier for what nobody has seen: the same share of surprise for all.
    mass = matrix.sum(axis=0)
    smoothing = SMOOTHING * mass / mass.max()
    logs = -np.log((matrix + smoothing) / (mass + smoothing * BUCKETS))
    scale = float(logs.max() / 255)
    np.savez_compressed(MODEL, tags=np.array(tags), table=np.round(logs / scale).astype(np.uint8), scale=scale)


def _letters(text: str) -> str:
    return "".join(char if char.isalpha() or char in " '’" else " " for char in normalise(text))


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    corpora = Path(sys.argv[1])
    train(text for source in (_sib(corpora / "sib200"), _phrasebook(corpora / "phrasebook"), _ours()) for text in source)
    return 0


if __name__ == "__main__":
    sys.exit(main())

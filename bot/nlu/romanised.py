"""Languages of other scripts, typed with Latin letters, brought back to their script as far as letters go.

The encoder has read Persian and Cyrillic, but hardly "mikham talagh begiram" or "mne nuzhna kvartira". What comes out need not be
spelt right: it only has to look like the words more than the Latin letters do.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Optional

import yaml

from bot.nlu.language import detect
from bot.nlu.ngrams import ROMANISED, script
from bot.nlu.normalise import normalise
from bot.settings import ROOT


@lru_cache(maxsize=1)
def _data() -> Any:
    return yaml.safe_load((ROOT / "data/languages/romanised.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _table(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    table = {str(latin): str(letters or "") for latin, letters in _data()[language].items()}
    longest_first = sorted(table, key=len, reverse=True)
    # "^" and "$" stand for the beginning and the end of a word.
    return re.compile("|".join(map(re.escape, longest_first))), table


def native(text: str, language: str) -> str:
    """A romanised text in the letters of its language."""
    pattern, table = _table(language)
    words = (pattern.sub(lambda match: table[match.group()], f"^{word}$") for word in normalise(text).split())
    return " ".join(word.strip("^$").replace("^", "").replace("$", "") for word in words)


@lru_cache(maxsize=16)
def readable(text: str, chosen: Optional[str] = None) -> str:
    """A text as the encoder reads it best: in its own script where it is romanised. ``chosen``: language of the conversation.

    Remembered for a moment, because all that look at a message ask for it.
    """
    likely = detect(text, chosen) if script(text) == "LATIN" else {}
    best = max(likely, key=likely.__getitem__) if likely else ""
    language = best.removesuffix(ROMANISED)
    return native(text, language) if best.endswith(ROMANISED) and language in _data() else text

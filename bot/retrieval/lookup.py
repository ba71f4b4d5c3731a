"""One question to the pages of this municipality; costs nothing where there are none."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Optional

from bot.nlu.encoder import Encoder, default_encoder
from bot.retrieval.index import FOUND, Hit, Index
from bot.settings import ROOT

INDEX = "index.npz"
_log = logging.getLogger(__name__)


def folder_of(tenant: str) -> Path:
    """Where the pages of a municipality are: below ``LOTSE_PAGES``."""
    return Path(os.environ.get("LOTSE_PAGES", ROOT / "var/pages")) / tenant


class Lookup:
    """Reads the index when it is first needed, and anew once the synchroniser has replaced it."""

    def __init__(self, folder: Path, encoder: Callable[[], Encoder] = default_encoder) -> None:
        self._file, self._encoder = folder / INDEX, encoder
        self._read: Optional[int] = None
        self._index: Optional[Index] = None

    def best(self, question: str, languages: Sequence[str]) -> Optional[Hit]:
        """The page that most likely answers a question; None if none is likely enough, or there are no pages.

        ``languages``: see Index.search.
        """
        index = self._current()
        hits = index.search(question, languages, k=1) if index else []
        return next((hit for hit in hits if hit.confidence >= FOUND), None)

    def _current(self) -> Optional[Index]:
        try:
            state = self._file.stat().st_mtime_ns
        except OSError:
            self._index = self._read = None
            return None
        if state != self._read:
            self._read = state
            try:
                self._index = Index.load(self._file, self._encoder())
            except (OSError, ValueError) as error:
                _log.warning("the pages cannot be used: %s", error)
                self._index = None
        return self._index

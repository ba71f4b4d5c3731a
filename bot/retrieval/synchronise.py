"""Fetches the pages of a region from an Integreat CMS and keeps them with their index; scripts/synchronise_pages.py runs it.

One folder per municipality: a file per language and the index. A file is replaced whole, and only by an answer that is sound;
in an outage the last good copy stays.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import httpx
from babel import UnknownLocaleError

from bot.languages import base, own_name
from bot.nlu.encoder import Encoder
from bot.retrieval.index import Index
from bot.retrieval.lookup import INDEX
from bot.retrieval.pages import BadPages, Page, pages_of
from bot.settings import PageSource

TIMEOUT = httpx.Timeout(60, connect=10)
LARGEST_LOSS = 0.5
"""An answer that lacks more than this share of the known pages, or languages, is taken for a fault of the CMS."""
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*", re.IGNORECASE)
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
_log = logging.getLogger(__name__)


class Unavailable(Exception):
    """The CMS did not answer, or not with what was asked for."""


@dataclass(frozen=True)
class Report:
    """What a synchronisation did: numbers of pages by what happened to them.

    ``kept``: languages whose last good copy was kept; ``*`` if the CMS could not even say which there are and none are known.
    """

    new: int = 0
    changed: int = 0
    removed: int = 0
    kept: tuple[str, ...] = ()

    def __add__(self, other: Report) -> Report:
        return Report(self.new + other.new, self.changed + other.changed, self.removed + other.removed, self.kept + other.kept)


def load_pages(folder: Path) -> list[Page]:
    """The pages as last fetched; none before the first synchronisation."""
    return [page for path in _files(folder) for page in _stored(path)[0]]


def forget(folder: Path) -> None:
    """Delete pages and index."""
    for path in (*_files(folder), folder / INDEX):
        path.unlink(missing_ok=True)


def synchronise(source: PageSource, folder: Path) -> Report:
    """Bring the pages of a region up to date. Pages of another region that the folder holds go first.

    Never raises for what the CMS does: what it cannot deliver keeps its last good copy and is named in the report.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(page.region != source.region for page in load_pages(folder)):
        forget(folder)
    total = Report()
    with httpx.Client(base_url=source.address, timeout=TIMEOUT, follow_redirects=True) as client:
        try:
            wanted = _languages(client, source, {path.stem for path in _files(folder)})
        except Unavailable as error:
            _log.warning("languages of %s: %s; the last good copy is kept", source.region, error)
            return Report(kept=tuple(path.stem for path in _files(folder)) or ("*",))
        for path in _files(folder):
            if path.stem not in wanted:
                total += Report(removed=len(_stored(path)[0]))
                path.unlink()
        for language in wanted:
            try:
                total += _language(client, source.region, language, folder / f"{language}.json")
            except Unavailable as error:
                _log.warning("pages of %s in %s: %s; the last good copy is kept", source.region, language, error)
                total += Report(kept=(language,))
    return total


def refresh(folder: Path, encoder: Encoder) -> Index:
    """Bring the index of a folder up to its pages; passages that did not change are not encoded again."""
    path, pages = folder / INDEX, load_pages(folder)
    try:
        known = Index.load(path, encoder)
    except (OSError, ValueError):
        known = None
    if known and known.pages == pages:
        return known
    index = Index.build(pages, encoder, known)
    _replace(path, index.save)
    return index


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def _get(client: httpx.Client, path: str, headers: dict[str, str]) -> httpx.Response:
    try:
        answer = client.get(path, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(type(error).__name__) from error
    if answer.status_code not in {httpx.codes.OK, httpx.codes.NOT_MODIFIED}:
        raise Unavailable(f"status {answer.status_code}")
    return answer


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError) as error:
        raise Unavailable("not JSON") from error


def _languages(client: httpx.Client, source: PageSource, known: set[str]) -> list[str]:
    found = _json(_get(client, f"/api/v3/{source.region}/languages/", {}))
    try:
        offered = [str(one["code"]) for one in found]
    except (TypeError, KeyError) as error:
        raise Unavailable("not a list of languages") from error
    wanted = [tag for tag in offered if _has_name(tag) and tag in (source.languages or offered)]
    lost = len(known - set(offered))
    if not wanted or lost > LARGEST_LOSS * len(known):
        raise Unavailable(f"{lost} of {len(known)} languages gone")
    return wanted


def _has_name(tag: str) -> bool:
    """Whether we can say which language a page is in; anything else could be a path, too."""
    try:
        return bool(_TAG.fullmatch(tag) and own_name(base(tag)))
    except (UnknownLocaleError, ValueError, KeyError):
        return False


def _language(client: httpx.Client, region: str, language: str, path: Path) -> Report:
    known, conditions = _stored(path)
    answer = _get(client, f"/api/v3/{region}/{language}/pages/", conditions)
    if answer.status_code == httpx.codes.NOT_MODIFIED and conditions:
        return Report()
    try:
        pages = pages_of(_json(answer), region)
    except BadPages as error:
        raise Unavailable(str(error)) from error
    if any(page.language != language for page in pages):
        raise Unavailable("pages of another language")
    before, after = {page.path: page for page in known}, {page.path: page for page in pages}
    removed = len(before.keys() - after.keys())
    if removed > LARGEST_LOSS * len(before):
        raise Unavailable(f"{removed} of {len(before)} pages gone")
    changed = sum(before[one] != after[one] for one in before.keys() & after.keys())
    content = {
        "conditions": {_CONDITIONS[name]: answer.headers[name] for name in _CONDITIONS if name in answer.headers},
        "pages": [asdict(page) for page in after.values()],
    }
    _replace(path, lambda file: file.write(json.dumps(content, ensure_ascii=False, indent=1).encode()))
    return Report(new=len(after.keys() - before.keys()), changed=changed, removed=removed)


def _stored(path: Path) -> tuple[list[Page], dict[str, str]]:
    """The pages of a file and what to send so that the CMS answers only with something new; nothing if it is unusable."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [Page.of(one) for one in content["pages"]], dict(content["conditions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if path.exists():
            _log.warning("%s is unusable: %s", path, error)
        return [], {}


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file so that a reader sees the old or the new one, never half of it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            write(file)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

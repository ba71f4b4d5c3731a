"""The pages of a municipality as the Integreat CMS delivers them: JSON in, plain pages out."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

_SILENT = frozenset({"script", "style", "template", "iframe", "object", "svg"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = _HEADINGS | frozenset(
    "address article blockquote br dd details div dl dt figcaption figure hr li ol p pre section table td th tr ul".split()
)
_SPACES = re.compile(r"[\s\u00ad\u200b\u2060\ufeff]+")
_EDITORS_HOST, _PUBLIC_HOST = "admin.integreat-app.de", "integreat.app"


class BadPages(ValueError):
    """What came is not a list of Integreat pages."""


@dataclass(frozen=True)
class Page:
    """A page in one language; ``path`` is the same for ever, ``id`` differs by language.

    ``changed``: a date as YYYY-MM-DD. ``text``: a line per paragraph or list entry, an empty line before each heading.
    ``parents``: titles above, outermost first.
    ``translations``: path of the same page by language, itself included.
    """

    region: str
    language: str
    path: str
    id: int
    title: str
    url: str
    changed: str
    text: str
    parents: tuple[str, ...]
    translations: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Page:
        """A page as ``dataclasses.asdict`` and JSON leave it. Raises KeyError, TypeError."""
        translations = tuple((tag, path) for tag, path in stored["translations"])
        return cls(**{**stored, "parents": tuple(stored["parents"]), "translations": translations})

    @property
    def name(self) -> str:
        """One name for the page in all its languages: its smallest path."""
        return min(path for _, path in self.translations)


class _Text(HTMLParser):
    """Gathers the lines of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _LINES:
            self.end_line()
        self._heading = self._heading or tag in _HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self.end_line()
        if tag in _HEADINGS:
            self._heading = False
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(data)

    def end_line(self) -> None:
        """Keep what was gathered since the last line, unless it is empty."""
        line = _clean("".join(self._line))
        self._line.clear()
        if line:
            self.lines += ["", line] if self._heading and self.lines else [line]


def plain(content: str) -> str:
    """HTML as plain text: a line per paragraph, list entry or cell, an empty line before each heading; no scripts, no images."""
    parser = _Text()
    parser.feed(content)
    parser.close()
    parser.end_line()
    return "\n".join(parser.lines)


def pages_of(raw: Any, region: str) -> list[Page]:
    """The pages of one region in an answer of the API, those without text left out. Raises BadPages.

    A page that says that it belongs to another region makes the whole answer unusable: regions are never mixed.
    """
    if not isinstance(raw, list):
        raise BadPages("not a list of pages")
    try:
        titles = {str(one["path"]): _line(one["title"]) for one in raw}
        found = [_page(one, titles) for one in raw]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPages(f"{type(error).__name__}: {error}") from error
    for page in found:
        if page.region != region:
            raise BadPages(f"{page.path} is not a page of {region}")
    return [page for page in found if page.text]


def _line(text: Any) -> str:
    return _clean(html.unescape(str(text)))


def _clean(text: str) -> str:
    """On one line; halves of characters, which JSON can hold and no file, are replaced."""
    return _SPACES.sub(" ", text).strip().encode(errors="replace").decode()


def _page(one: dict[str, Any], titles: dict[str, str]) -> Page:
    path = unquote(str(one["path"]))
    region, language, *rest = path.strip("/").split("/")
    if not rest:
        raise ValueError(f"{path} is not the path of a page")
    others = {str(tag): unquote(str(other["path"])) for tag, other in (one.get("available_languages") or {}).items()}
    return Page(
        region=region,
        language=language,
        path=path,
        id=int(one["id"]),
        title=_line(one["title"]),
        url=_public(str(one["url"])),
        changed=date.fromisoformat(str(one["last_updated"])[:10]).isoformat(),
        text=plain(str(one["content"] or "")),
        parents=_parents(path, titles),
        translations=tuple(sorted({**others, language: path}.items())),
    )


def _public(url: str) -> str:
    """The address for readers; older answers name the editors' host. Raises ValueError for anything but a web address."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"not a web address: {url!r}")
    return parts._replace(netloc=_PUBLIC_HOST).geturl() if parts.netloc == _EDITORS_HOST else url


def _parents(path: str, titles: dict[str, str]) -> tuple[str, ...]:
    parts: Sequence[str] = path.strip("/").split("/")
    above = ("/" + "/".join(parts[:end]) + "/" for end in range(3, len(parts)))
    return tuple(titles[one] for one in above if one in titles)

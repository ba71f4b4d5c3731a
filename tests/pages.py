"""Pages of an invented town, a CMS that serves them over HTTP and can fail, and an encoder that needs no model."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional

import numpy as np

from bot.nlu.encoder import Vectors
from bot.retrieval.pages import Page, pages_of

TEXTS = {
    "parken": ("Parkausweis", "<p>Den Parkausweis gibt es im Rathaus.</p><p>Er kostet 30 Euro im Jahr.</p>"),
    "hund": ("Hund anmelden", "<p>Wer einen Hund hat, meldet ihn beim Steueramt an.</p>"),
    "bad": ("Schwimmbad", "<h3>Zeiten</h3><p>Das Schwimmbad öffnet um 9 Uhr.</p><h3>Preise</h3><p>Kinder zahlen 2 Euro.</p>"),
}
ENGLISH = {"parken": ("Parking permit", "<p>You get the permit at the town hall.</p>")}


class Words:
    """An encoder that knows words only; remembers the texts it was given."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen.update(texts)
        vectors = np.zeros((len(texts), 256), dtype=np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.lower().replace(".", " ").replace("?", " ").split():
                vector[zlib.crc32(word.encode()) % 256] += 1
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def raw(region: str, language: str, texts: dict[str, tuple[str, str]], updated: str = "2026-11-01T10:00:00+01:00") -> list[Any]:
    """Pages as the CMS delivers them."""
    return [
        {
            "id": zlib.crc32(f"{language}/{slug}".encode()),
            "url": f"https://integreat.app/{region}/{language}/{slug}/",
            "path": f"/{region}/{language}/{slug}/",
            "title": title,
            "last_updated": updated,
            "content": content,
            "parent": {"id": 0, "url": None, "path": None},
            "available_languages": {other: {"path": f"/{region}/{other}/{slug}/"} for other in ("de", "en") if other != language},
        }
        for slug, (title, content) in texts.items()
    ]


def pages(region: str = "adorf") -> list[Page]:
    return pages_of(raw(region, "de", TEXTS), region)


class Cms(ThreadingHTTPServer):
    """An Integreat CMS on this machine. What it offers, by language, is set by the tests.

    ``broken``: by path what it answers instead, status and body; None breaks off in the middle of an answer.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Any] = {"de": raw("adorf", "de", TEXTS), "en": raw("adorf", "en", ENGLISH)}
        self.broken: dict[str, Optional[tuple[int, bytes]]] = {}
        self.sent: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Cms:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Cms

    def do_GET(self) -> None:
        region, *wanted = self.path.removeprefix("/api/v3/").strip("/").split("/")
        what = "/".join(wanted)
        if what in self.server.broken:
            self._fail(self.server.broken[what])
        elif region != "adorf":
            self._answer(404, b"{}")
        elif what == "languages":
            self._answer(200, json.dumps([{"code": tag} for tag in self.server.pages]).encode())
        else:
            self._pages(json.dumps(self.server.pages[wanted[0]]).encode())

    def _pages(self, body: bytes) -> None:
        tag = f'"{zlib.crc32(body)}"'
        if self.headers.get("if-none-match") == tag:
            return self._answer(304, b"")
        self.server.sent.append(self.path)
        self._answer(200, body, tag)

    def _fail(self, failure: Optional[tuple[int, bytes]]) -> None:
        if failure:
            return self._answer(*failure)
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'[{"id": 1,')

    def _answer(self, status: int, body: bytes, tag: Optional[str] = None) -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silent."""

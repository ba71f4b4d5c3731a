"""Planted words, and where they are found again: in any file, in any of the forms in which programs write them down."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from urllib.parse import quote

PIECE = 24


def forms(text: str) -> set[bytes]:
    """A text as files may hold it: plain, wide, escaped once and twice for JSON, for addresses, and in Base64 at any offset."""
    escaped = json.dumps(text)[1:-1]
    found = {text.encode(), text.encode("utf-16-le"), escaped.encode(), json.dumps(escaped)[1:-1].encode(), quote(text).encode()}
    for before in (b"", b"-", b"--"):
        whole = base64.b64encode(before + text.encode())
        # The first and last letters also depend on what stands around the text.
        inner = whole[4 if before else 0 : -4]
        found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def ciphertexts(database: Path, query: str, *values: str) -> list[bytes]:
    """The encrypted values that a query finds."""
    with closing(connect(database)) as connection:
        return [value for (value,) in connection.execute(query, values).fetchall() if value is not None]


def pieces(values: Iterable[bytes]) -> set[bytes]:
    """Short pieces of ciphertexts from all over: the same key would read what is left of any."""
    return {value[place : place + PIECE] for value in values for place in range(100, len(value) - PIECE, 500)}


def found(folder: Path, wanted: set[bytes]) -> set[str]:
    """The files below a folder that hold any of these; of each SQLite database also two kinds of backup, made now."""
    for database in folder.rglob("*.db"):
        backup, compact = (database.with_suffix(suffix) for suffix in (".backup", ".vacuum"))
        for old in (backup, compact):
            old.unlink(missing_ok=True)
        with closing(connect(database)) as source, closing(connect(backup)) as target:
            source.backup(target)
            source.execute("VACUUM INTO ?", (str(compact),))
    return {path.name for path in folder.rglob("*") if path.is_file() and any(piece in path.read_bytes() for piece in wanted)}

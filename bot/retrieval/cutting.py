"""How pages are cut into passages: whole lines that follow each other, none left out, new ones preferably at a heading."""

from __future__ import annotations

from functools import lru_cache

from bot.retrieval.pages import Page

LONG, SHORT = 700, 200
"""Characters of a passage that is compared; each page is compared in both cuts and as a whole."""
SHOWN_CHARACTERS, SHOWN_LINES = 600, 8

Piece = tuple[str, ...]


@lru_cache(maxsize=4096)
def cut(page: Page, size: int) -> tuple[Piece, ...]:
    """All lines of a page in pieces of about ``size`` characters; a longer line is a piece of its own."""
    pieces: list[Piece] = []
    piece: list[str] = []
    length, heading = 0, False
    for line in page.text.split("\n"):
        if not line:
            heading = True
            continue
        if piece and (length + len(line) > size or (heading and length > size / 2)):
            pieces.append(tuple(piece))
            piece, length = [], 0
        piece.append(line)
        length += len(line) + 1
        heading = False
    return (*pieces, tuple(piece))


def compared(page: Page, piece: Piece) -> str:
    """What the encoder is given for a piece."""
    return f"{page.title}. {' '.join(piece)}"


def fits(pieces: tuple[Piece, ...]) -> bool:
    """Whether pieces can be shown together."""
    lines = [line for piece in pieces for line in piece]
    return len(lines) <= SHOWN_LINES and sum(map(len, lines)) <= SHOWN_CHARACTERS

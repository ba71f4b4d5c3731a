"""Sets a paper: a template of this folder, filled with texts, becomes a tagged PDF (PDF/UA-1) with its fonts inside.

Texts are data to the template, never markup. Nothing is read but this folder and the fonts, nothing is written.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

FOLDER = Path(__file__).resolve().parent
# One at a time: papers must not take the processor away from the conversations.
_SETTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")


def fonts_folder() -> Path:
    """Where the fonts of the papers are.

    DejaVu Sans has Latin, Cyrillic and Arabic with the letters of Persian, Kurdish and Pashto, and a glyph for each form: unlike
    that of fonts which put letters together from dots, its text can be copied and read aloud. It comes with Rasa's matplotlib.
    """
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise FileNotFoundError("matplotlib, which has the fonts")
    return Path(package.origin).parent / "mpl-data/fonts/ttf"


@cache
def _fonts() -> Any:
    # Not when the bot starts: few conversations end in a paper.
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts_folder())])


def has_letters(text: str) -> bool:
    """Whether the font has all letters of a text."""
    return all(ord(letter) in _letters() for letter in text if letter.isalpha())


@cache
def _letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    return frozenset(TTFont(fonts_folder() / "DejaVuSans.ttf").getBestCmap())


def typeset(template: str, content: Mapping[str, Any]) -> bytes:
    """The PDF of a template (its name without ``.typ``), which finds ``content`` as JSON under ``content``.

    Takes some 20 ms for a page. Raises typst.TypstError where template and content do not fit.
    """
    import typst

    compiler = typst.Compiler(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        font_paths=_fonts(),
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
    )
    try:
        return cast(bytes, compiler.compile(format="pdf", pdf_standards=["ua-1"]))
    except typst.TypstError:
        # The standard asks for every sign; one that the fonts lack, such as an emoji, must not cost the person the paper.
        return cast(bytes, compiler.compile(format="pdf"))


async def typeset_aside(template: str, content: Mapping[str, Any]) -> bytes:
    """The same beside the event loop, one after the other."""
    return await asyncio.get_running_loop().run_in_executor(_SETTER, typeset, template, content)

"""What can be known of the widget without a browser: its size, its words, its colours."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import missing

WIDGET = Path(__file__).parents[2] / "bot" / "widget"
SCRIPTS = sorted(WIDGET.glob("static/*.js"))
SENT = [WIDGET / "index.html", *sorted(WIDGET.glob("static/*"))]
CODES = ("bad_request", "unknown_conversation", "choice_not_offered", "too_long", "too_many", "unavailable")

TEXT_PAIRS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "accent-soft"),
    ("ink", "warn-soft"),
    ("ink", "danger-soft"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("accent-ink", "accent"),
    ("danger", "paper"),
    ("danger", "surface"),
    ("danger-ink", "danger"),
    ("warn", "surface"),
    ("warn", "paper"),
    ("good", "paper"),
]
EDGE_PAIRS = [
    ("edge", "paper"),
    ("accent", "accent-soft"),
    ("accent", "line"),
    ("danger", "danger-soft"),
    ("good", "paper"),
    ("warn", "warn-soft"),
]


def schemes():
    css = (WIDGET / "static" / "tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")
    read = lambda text: dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))  # noqa: E731
    return {"light": read(light), "dark": read(light) | read(dark)}


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_reaches_aa(scheme):
    tokens = schemes()[scheme]
    for pairs, least in ((TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3)):
        for one, other in pairs:
            assert contrast(tokens[one], tokens[other]) >= least, (one, other)


def test_size_is_at_most_40_kb_gzipped():
    assert sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in SENT) <= 40_000


def test_strings_hold_what_the_scripts_ask_for():
    text = (WIDGET / "strings.yml").read_text(encoding="utf-8")
    keys = set(re.findall(r"^(\w+): ", text, re.MULTILINE))
    sources = "".join(path.read_text(encoding="utf-8") for path in [WIDGET / "index.html", *SCRIPTS])
    asked = set(re.findall(r"\bt\('(\w+)'", sources)) | set(re.findall(r"\bsay\('\w+', '(\w+)'", sources))
    asked |= set(re.findall(r'data-t(?:-\w+)?="(\w+)"', sources)) | set(re.findall(r"folded\('(\w+)'", sources))
    asked |= {f"error_{code}" for code in CODES} | {"speaker_bot", "speaker_person"}
    assert asked - keys == set()


def test_every_string_tells_translators_where_it_is_shown():
    lines = (WIDGET / "strings.yml").read_text(encoding="utf-8").splitlines()
    bare = [
        line for before, line in zip(lines, lines[1:], strict=False) if re.match(r"\w+: ", line) and not before.startswith("#")
    ]
    assert bare == []


def test_scripts_never_write_markup_nor_prose():
    for path in SCRIPTS:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|\.cookie", source), path
        code = re.sub(r"//[^\n]*|/\*[\s\S]*?\*/", "", source)
        assert not re.search(r"[äöüßÄÖÜ]", code), path


def test_styles_are_logical_and_load_nothing_foreign():
    for path in SENT:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"(margin|padding|border)-(left|right)|text-align: (left|right)|[^-](left|right):", source), path
        foreign = set(re.findall(r"https?://[^\s\"')]+", source)) - {"http://www.w3.org/2000/svg"}
        assert foreign == set(), path


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_parses(path):
    if not shutil.which("node"):
        missing("Node")
    subprocess.run(["node", "--check", str(path)], check=True)


def test_page_and_server_give_up_a_talk_at_the_same_time():
    domain = (WIDGET.parent / "domain/shared.yml").read_text(encoding="utf-8")
    minutes = int(re.search(r"session_expiration_time: (\d+)", domain)[1])
    hours = int(
        re.search(r"LEFT_ALONE_MS = (\d+) \* 60 \* 60 \* 1_000", (WIDGET / "static/app.js").read_text(encoding="utf-8"))[1]
    )
    assert hours * 60 == minutes

"""Pages are fetched from a real CMS on this machine, kept when it fails, and never mixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

import pytest

from bot.retrieval.index import Index
from bot.retrieval.lookup import INDEX
from bot.retrieval.neutral import PROBE
from bot.retrieval.synchronise import Report, load_pages, refresh, synchronise
from bot.settings import PageSource
from scripts.synchronise_pages import update
from tests.pages import TEXTS, Cms, Words, raw


@pytest.fixture
def cms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cms]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Cms() as running:
        yield running


def source(cms: Cms, *languages: str) -> PageSource:
    return PageSource(cms.address, "adorf", languages)


def titles(folder: Path) -> list[tuple[str, str]]:
    return sorted((page.language, page.title) for page in load_pages(folder))


GERMAN = [("de", "Hund anmelden"), ("de", "Parkausweis"), ("de", "Schwimmbad")]
ALL = [*GERMAN, ("en", "Parking permit")]


def test_first_synchronisation_fetches_all_languages(cms: Cms, tmp_path: Path) -> None:
    assert synchronise(source(cms), tmp_path) == Report(new=4)
    assert titles(tmp_path) == ALL


def test_only_wanted_languages_are_fetched(cms: Cms, tmp_path: Path) -> None:
    assert synchronise(source(cms, "de"), tmp_path) == Report(new=3)
    assert cms.sent == ["/api/v3/adorf/de/pages/"]


def test_second_synchronisation_fetches_nothing_if_nothing_is_new(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    assert (synchronise(source(cms), tmp_path), len(cms.sent)) == (Report(), 2)


def test_changed_new_and_removed_pages_are_counted_and_only_new_text_is_encoded(cms: Cms, tmp_path: Path) -> None:
    encoder = Words()
    synchronise(source(cms), tmp_path)
    refresh(tmp_path, encoder)
    changed = ("Hund anmelden", "<p>Neu: Hunde meldet man im Internet an.</p>")
    cms.pages["de"] = raw("adorf", "de", {"hund": changed, "bad": TEXTS["bad"], "markt": ("Markt", "<p>Samstag</p>")})
    assert synchronise(source(cms), tmp_path) == Report(new=1, changed=1, removed=1)
    encoder.seen.clear()
    index = refresh(tmp_path, encoder)
    # Beside what is new, two texts tell whether it is still the same encoder.
    assert sorted(text.split(".")[0] for text in encoder.seen) == ["Hund anmelden", "Markt", "Parkausweis", PROBE]
    found = [index.search(question, ["de"])[0].page.title for question in ("Hund im Internet", "Samstag Markt")]
    assert found == ["Hund anmelden", "Markt"]
    assert sorted(hit.page.title for hit in index.search("Parkausweis", ["de"], k=9)) == ["Hund anmelden", "Markt", "Schwimmbad"]


def test_an_index_that_is_up_to_date_is_not_written_again(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    refresh(tmp_path, Words())
    written = (tmp_path / INDEX).stat().st_mtime_ns
    refresh(tmp_path, Words())
    assert (tmp_path / INDEX).stat().st_mtime_ns == written


FAILURES: list[Optional[tuple[int, bytes]]] = [
    None,
    (503, b"busy"),
    (304, b""),
    (200, b""),
    (200, b'[{"id": 1, "path"'),
    (200, b"\xff\xfe"),
    (200, b"[" * 100_000),
    (200, b'{"error": "maintenance"}'),
    (200, b'[{"id": 1}]'),
    (200, b"[]"),
    (200, json.dumps(raw("bdorf", "de", TEXTS)).encode()),
    (200, json.dumps(raw("adorf", "fr", TEXTS)).encode()),
]


@pytest.mark.parametrize("failure", FAILURES, ids=range(len(FAILURES)))
def test_last_good_copy_is_kept(cms: Cms, tmp_path: Path, failure: Optional[tuple[int, bytes]]) -> None:
    synchronise(source(cms), tmp_path)
    for path in tmp_path.iterdir():
        # As if the CMS gave no ETag: nothing can be answered with "not modified".
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "conditions": {}}), encoding="utf-8")
    cms.broken["de/pages"] = failure
    assert synchronise(source(cms), tmp_path) == Report(kept=("de",))
    assert titles(tmp_path) == ALL
    assert sorted(path.name for path in tmp_path.iterdir()) == ["de.json", "en.json"]


@pytest.mark.parametrize(
    "failure", [(500, b""), (200, b"{}"), (200, b"[]"), (200, b'[{"code": "../x"}]'), (200, b'[{"code": "fr"}]')]
)
def test_everything_is_kept_if_the_languages_are_not_told(cms: Cms, tmp_path: Path, failure: tuple[int, bytes]) -> None:
    synchronise(source(cms), tmp_path)
    cms.broken["languages"] = failure
    assert synchronise(source(cms), tmp_path) == Report(kept=("de", "en"))
    assert titles(tmp_path) == ALL


def test_everything_is_kept_if_nobody_listens(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    gone = source(cms)
    cms.shutdown()
    cms.server_close()
    assert synchronise(gone, tmp_path) == Report(kept=("de", "en"))
    assert titles(tmp_path) == ALL


def test_first_synchronisation_in_an_outage_leaves_nothing(cms: Cms, tmp_path: Path) -> None:
    cms.broken["languages"] = (502, b"")
    assert (synchronise(source(cms), tmp_path), titles(tmp_path)) == (Report(kept=("*",)), [])


def test_a_language_that_is_no_longer_offered_goes(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    del cms.pages["en"]
    assert synchronise(source(cms), tmp_path) == Report(removed=1)
    assert titles(tmp_path) == GERMAN


def test_a_damaged_file_is_fetched_anew(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    (tmp_path / "de.json").write_text('{"conditions": {', encoding="utf-8")
    assert synchronise(source(cms), tmp_path) == Report(new=3)
    assert titles(tmp_path) == ALL


def test_pages_of_another_region_go_before_anything_is_fetched(cms: Cms, tmp_path: Path) -> None:
    synchronise(source(cms), tmp_path)
    refresh(tmp_path, Words())
    assert synchronise(PageSource(cms.address, "bdorf"), tmp_path) == Report(kept=("*",))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"text"])
def test_a_damaged_index_is_made_anew(cms: Cms, tmp_path: Path, content: bytes) -> None:
    synchronise(source(cms), tmp_path)
    (tmp_path / INDEX).write_bytes(content)
    refresh(tmp_path, Words())
    assert Index.load(tmp_path / INDEX, Words()).search("Hund", ["de"])[0].page.title == "Hund anmelden"


def test_the_command_says_what_it_did_and_forgets_what_is_no_longer_configured(
    cms: Cms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.synchronise_pages.default_encoder", Words)
    assert update(source(cms), tmp_path) == ("4 new, 0 changed, 0 removed", True)
    cms.broken["en/pages"] = (500, b"")
    assert update(source(cms), tmp_path) == ("0 new, 0 changed, 0 removed; last good copy kept: en", False)
    assert update(None, tmp_path) == ("no pages configured", True)
    assert list(tmp_path.iterdir()) == []

"""The loop where the municipality has a case system without calendar and without a way back: sealed files in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.stack import Stack
from tests.conftest import a_stack
from tests.conversations.client import MOVES, Person
from tests.intakes import opened
from tests.receivers import key_pair, public_jwk

BEFORE_BOOKING = len(MOVES) - 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drop")


@pytest.fixture(scope="module")
def dropping(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose actions and worker hand over to the folder."""
    key = tmp_path_factory.mktemp("keys") / "recipient.jwk"
    key.write_text(json.dumps(public_jwk(key_pair("enc-1", "enc"))))
    settings = {"LOTSE_CASE_BACKEND": "file_drop", "LOTSE_DROP_FOLDER": str(folder), "LOTSE_DROP_KEY": str(key)}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in settings.items():
            environment.setenv(name, value)
        with a_stack(tmp_path_factory.mktemp("dropping")) as running:
            yield running


def test_loop_without_calendar_goes_on_and_says_what_it_cannot_see(dropping: Stack, folder: Path) -> None:
    person = Person(dropping.chat_url, "de")
    for move in MOVES[:BEFORE_BOOKING]:
        move(person)
    assert person.responses == ["utter_booking_no_calendar"]
    person.tap(1)
    assert person.responses == ["utter_handoff_receipt"]
    (intake,) = opened(folder)
    assert (intake["person"]["name"]["original"], intake["appointment_wish"]) == ("Maria Muster", True)
    person.command("status")
    assert person.responses == ["utter_status_not_told"]

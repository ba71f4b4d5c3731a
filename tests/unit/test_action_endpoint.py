"""The one place where a method of Rasa is replaced: the same verdicts, and a notice when Rasa's own changes."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema.exceptions import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.action_endpoint import validate_with_compiled_schema

ORIGINAL = RemoteAction._validate_action_result
# Of the method as it is in rasa 3.6.21. Another one: read it, and bring bot/action_endpoint.py up to it.
SEEN = "f8cdb4be6812"
SLOT = {"event": "slot", "name": "intake__name", "value": "Maria Muster", "timestamp": None}


@pytest.fixture
def action() -> Iterator[RemoteAction]:
    validate_with_compiled_schema()
    yield RemoteAction("action_shared_resume", None)
    RemoteAction._validate_action_result = ORIGINAL


def test_rasas_own_validation_is_the_one_we_replaced() -> None:
    assert hashlib.sha256(inspect.getsource(ORIGINAL).encode()).hexdigest()[:12] == SEEN


@pytest.mark.parametrize(
    "result", [{"events": [], "responses": []}, {"events": [SLOT], "responses": [{"response": "utter_menu"}]}, {}]
)
def test_a_good_answer_passes_both(action: RemoteAction, result: Any) -> None:
    assert ORIGINAL(action, result) is True
    assert action._validate_action_result(result) is True


@pytest.mark.parametrize("result", [None, [], {"events": "none"}, {"events": [{"event": 7}]}, {"responses": ["text"]}])
def test_a_bad_answer_fails_both(action: RemoteAction, result: Any) -> None:
    with pytest.raises(ValidationError):
        ORIGINAL(action, result)
    with pytest.raises(ValidationError):
        action._validate_action_result(result)

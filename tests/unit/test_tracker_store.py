"""The conversation store: a long conversation is resumed from its state and its last turns, and nothing is stored twice."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SessionStarted, SlotSet, UserUttered

from bot.settings import SettingsError
from bot.tracker_store import TURNS, ConversationStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa tells at every load what changed between its versions 2 and 3
    DOMAIN = Domain.load("bot/domain")


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore.open(f"sqlite:///{tmp_path / 'conversations.db'}", DOMAIN)


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def turn(number: int) -> list[Any]:
    return [UserUttered(f"message {number}", {"name": "greet"}), ActionExecuted("utter_menu"), BotUttered(f"answer {number}")]


def converse(store: ConversationStore, turns: int, *events: Any) -> Any:
    """A conversation with some events after its first turn; as it is resumed."""
    tracker = run(store.get_or_create_tracker("a", append_action_listen=False))
    tracker.update_with_events(
        [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")], DOMAIN
    )
    for number in range(turns):
        tracker.update_with_events([*turn(number), *(events if number == 0 else ()), ActionExecuted("action_listen")], DOMAIN)
        run(store.save(tracker))
        tracker = run(store.retrieve("a"))
    return tracker


@pytest.mark.parametrize("turns", [1, TURNS - 1, TURNS, TURNS + 1, 40])
def test_save_of_a_resumed_conversation_stores_each_event_once(store: ConversationStore, turns: int) -> None:
    converse(store, turns)
    whole = run(store.retrieve_full_tracker("a"))
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == [f"message {n}" for n in range(turns)]
    assert [event.text for event in whole.events if isinstance(event, BotUttered)] == [f"answer {n}" for n in range(turns)]


def test_retrieve_of_a_long_conversation_keeps_slots_and_loop(store: ConversationStore) -> None:
    said = [SlotSet("intake__name", "x"), SlotSet("intake__name", "Maria Muster"), ActiveLoop("intake_form")]
    resumed = converse(store, 40, *said, SlotSet("requested_slot", "intake__contact"))
    assert resumed.get_slot("intake__name") == "Maria Muster"
    assert resumed.get_slot("requested_slot") == "intake__contact"
    assert resumed.active_loop_name == "intake_form"
    assert len([event for event in resumed.events if isinstance(event, UserUttered)]) == TURNS


def test_retrieve_of_a_long_conversation_predicts_from_the_same_turns(store: ConversationStore) -> None:
    resumed = converse(store, 40)
    whole = run(SQLTrackerStore.retrieve(store, "a"))
    assert list(resumed.past_states(DOMAIN))[-4:] == list(whole.past_states(DOMAIN))[-4:]


def test_retrieve_after_a_new_session_forgets_the_one_before(store: ConversationStore) -> None:
    tracker = converse(store, 40, SlotSet("intake__name", "Maria Muster"))
    tracker.update_with_events([ActionExecuted("action_session_start"), SessionStarted(), *turn(99)], DOMAIN)
    run(store.save(tracker))
    resumed = run(store.retrieve("a"))
    assert resumed.get_slot("intake__name") is None
    assert [event.text for event in resumed.events if isinstance(event, UserUttered)] == ["message 99"]


def test_retrieve_of_nobody_is_none(store: ConversationStore) -> None:
    assert run(store.retrieve("nobody")) is None


def test_open_without_a_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        ConversationStore.open(f"sqlite:///{tmp_path / 'missing' / 'conversations.db'}", DOMAIN)

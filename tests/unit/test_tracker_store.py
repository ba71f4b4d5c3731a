"""The conversation store: resumed from its state and last turns, each turn stored once, and nothing kept that need not be."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from bot.redaction import WITHHELD
from bot.settings import SettingsError
from bot.tracker_store import TURNS, ConversationMoved, ConversationStore, turns
from tests.servers import new_database

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa tells at every load what changed between its versions 2 and 3
    DOMAIN = Domain.load("bot/domain")

KEY, OTHER_KEY = (Fernet.generate_key().decode() for _ in range(2))
SESSION = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
NAME = {"value": "Maria Muster", "provenance": "said", "original": "Maria Muster", "language": "de"}
CARD = {"kind": "readback", "rows": [{"label": "Ihr Name", "value": "Maria Muster"}]}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'conversations.db'}"
    return new_database(request.getfixturevalue("postgres_server"), f"t{uuid4().hex}")


@pytest.fixture
def store(url: str) -> Iterator[ConversationStore]:
    opened = ConversationStore.open(url, [KEY], DOMAIN)
    yield opened
    opened._engine.dispose()


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def said(text: str, **metadata: Any) -> UserUttered:
    return UserUttered(text, {"name": "greet"}, metadata={"id": f"id-{text[-1]}", "said": text, **metadata})


def turn(number: int) -> list[Any]:
    return [said(f"message {number}"), ActionExecuted("utter_menu"), BotUttered(f"answer {number}")]


def saved(store: ConversationStore, *events: Any) -> Any:
    """A turn with these events; the conversation as it is resumed afterwards."""
    tracker = run(store.get_or_create_tracker("a", append_action_listen=False))
    tracker.update_with_events([*events, ActionExecuted("action_listen")], DOMAIN)
    run(store.save(tracker))
    return run(store.retrieve("a"))


def converse(store: ConversationStore, count: int, *events: Any) -> Any:
    """A conversation with some events after its first turn; as it is resumed."""
    tracker = saved(store, *SESSION, *turn(0), *events)
    for number in range(1, count):
        tracker = saved(store, *turn(number))
    return tracker


def whole(store: ConversationStore) -> list[Any]:
    return list(run(store.retrieve_full_tracker("a")).events)


def in_clear(store: ConversationStore) -> str:
    """All that the rows say once they are decrypted."""
    with store._engine.connect() as connection:
        rows = connection.execute(sa.select(turns.c.data)).scalars().all()
    return "\n".join(store._cipher.decrypt(bytes(data)).decode() for data in rows)


@pytest.mark.parametrize("count", [1, TURNS - 1, TURNS, TURNS + 1, 40])
def test_save_of_a_resumed_conversation_stores_each_event_once(store: ConversationStore, count: int) -> None:
    converse(store, count)
    events = whole(store)
    assert [event.text for event in events if isinstance(event, UserUttered)] == [f"message {n}" for n in range(count)]
    assert [event.text for event in events if isinstance(event, BotUttered)] == [f"answer {n}" for n in range(count)]


def test_retrieve_of_a_long_conversation_keeps_slots_and_loop(store: ConversationStore) -> None:
    resumed = converse(
        store, 40, SlotSet("intake__name", NAME), ActiveLoop("intake_form"), SlotSet("requested_slot", "intake__contact")
    )
    assert resumed.get_slot("intake__name") == NAME
    assert resumed.get_slot("requested_slot") == "intake__contact"
    assert resumed.active_loop_name == "intake_form"
    assert len([event for event in resumed.events if isinstance(event, UserUttered)]) == TURNS


def test_retrieve_of_a_long_conversation_predicts_from_the_same_turns(store: ConversationStore) -> None:
    resumed = converse(store, 40)
    everything = run(store.retrieve_full_tracker("a"))
    assert list(resumed.past_states(DOMAIN))[-4:] == list(everything.past_states(DOMAIN))[-4:]


def test_restarted_store_goes_on_where_the_other_stopped(store: ConversationStore, url: str) -> None:
    converse(store, 3, SlotSet("intake__name", NAME))
    restarted = ConversationStore.open(url, [KEY], DOMAIN)
    assert saved(restarted, *turn(3)).get_slot("intake__name") == NAME
    restarted._engine.dispose()
    assert len([event for event in whole(store) if isinstance(event, UserUttered)]) == 4


def test_new_session_forgets_answers_everywhere_and_keeps_what_was_said(store: ConversationStore) -> None:
    converse(store, 3, SlotSet("intake__name", NAME), BotUttered("Stimmt alles?", metadata={"card": CARD}))
    resumed = saved(store, *SESSION, *turn(99), SlotSet("counselling__begin", {"value": True}))
    assert resumed.get_slot("intake__name") is None
    assert resumed.get_slot("counselling__begin") == {"value": True}
    assert [event.text for event in resumed.events if isinstance(event, UserUttered)] == ["message 99"]
    assert "Maria Muster" not in in_clear(store)
    texts = [event.text for event in whole(store) if isinstance(event, BotUttered)]
    assert texts == ["answer 0", "Stimmt alles?", "answer 1", "answer 2", "answer 99"]


def test_message_typed_into_an_open_question_is_not_written(store: ConversationStore) -> None:
    converse(store, 1, ActiveLoop("intake_form"), SlotSet("requested_slot", "intake__name"))
    entity = {"entity": "phone", "value": "Kanarienvogel", "start": 0, "end": 13}
    answer = UserUttered("Kanarienvogel", {"name": "greet"}, [entity], metadata={"id": "x", "said": "Kanarienvogel"})
    resumed = saved(store, answer, SlotSet("requested_slot", "intake__contact"))
    again = saved(store, said("Kanarienvogel@beispiel.de"), SlotSet("requested_slot", None), ActiveLoop(None))
    assert "Kanarienvogel" not in in_clear(store)
    assert resumed.latest_message.entities == [{"entity": "phone"}]
    assert again.latest_message.metadata["said"] == WITHHELD
    assert saved(store, said("Guten Tag")).latest_message.text == "Guten Tag"


def test_choice_tapped_at_an_open_question_is_written(store: ConversationStore) -> None:
    converse(store, 1, SlotSet("requested_slot", "consent__intake"))
    tapped = UserUttered('/answer{"choice": "yes"}', {"name": "answer"}, metadata={"id": "x", "said": "Ja"})
    assert saved(store, tapped).latest_message.metadata["said"] == "Ja"


def test_new_session_gets_a_run_of_its_own(store: ConversationStore) -> None:
    runs = [saved(store, *SESSION, *turn(0)).get_slot("counselling__run")]
    runs.append(saved(store, *SESSION, *turn(1)).get_slot("counselling__run"))
    saved(store, SlotSet("counselling__run", 2))
    runs.append(saved(store, *SESSION, *turn(2)).get_slot("counselling__run"))
    for number in range(TURNS + 1):
        resumed = saved(store, *turn(number))
    assert (runs, resumed.get_slot("counselling__run")) == ([None, 1, 3], 3)


def test_answer_that_begins_a_new_session_is_not_written(store: ConversationStore) -> None:
    converse(store, 1, SlotSet("requested_slot", "intake__name"))
    came_with = SlotSet("session_started_metadata", {"said": "Kanarienvogel"})
    saved(store, came_with, *SESSION, said("Kanarienvogel"), *turn(2))
    assert "Kanarienvogel" not in in_clear(store)
    assert [e.text for e in whole(store) if isinstance(e, UserUttered)] == ["message 0", "", "message 2"]


def test_message_in_a_crisis_is_not_written(store: ConversationStore) -> None:
    saved(store, *SESSION, UserUttered("Kanarienvogel", {"name": "crisis_suicide"}, metadata={"said": "Kanarienvogel"}))
    assert "Kanarienvogel" not in in_clear(store)


def test_emptied_slot_is_erased_from_all_turns_and_cards(store: ConversationStore) -> None:
    shown = BotUttered("Stimmt alles?", metadata={"card": CARD, "german": "Ihr Name: Maria Muster", "utter_action": "x"})
    converse(store, 8, SlotSet("intake__name", NAME), SlotSet("counselling__areas", ["housing"]), shown)
    resumed = saved(store, said("weg damit"), SlotSet("intake__name", None))
    assert "Maria Muster" not in in_clear(store)
    assert (resumed.get_slot("intake__name"), resumed.get_slot("counselling__areas")) == (None, ["housing"])
    assert len([event for event in whole(store) if isinstance(event, BotUttered)]) == 9


def test_reset_deletes_the_whole_conversation_before_it(store: ConversationStore) -> None:
    converse(store, 8, SlotSet("intake__name", NAME), SlotSet("language__chosen", "ar"))
    resumed = saved(store, said("löschen"), BotUttered("Erledigt"), AllSlotsReset(), SlotSet("language__chosen", "ar"))
    assert [e.text for e in whole(store) if isinstance(e, (UserUttered, BotUttered))] == ["löschen", "Erledigt"]
    assert (resumed.get_slot("intake__name"), resumed.get_slot("language__chosen")) == (None, "ar")
    assert "Maria" not in in_clear(store)
    assert [e.text for e in saved(store, *turn(9)).events if isinstance(e, UserUttered)] == ["löschen", "message 9"]


def test_two_processes_at_once_store_one_turn_and_refuse_the_other(store: ConversationStore, url: str) -> None:
    converse(store, 2)
    other = ConversationStore.open(url, [KEY], DOMAIN)
    one, two = run(store.retrieve("a")), run(other.retrieve("a"))
    one.update_with_events(turn(2), DOMAIN)
    two.update_with_events(turn(3), DOMAIN)
    run(store.save(one))
    with pytest.raises(ConversationMoved):
        run(other.save(two))
    other._engine.dispose()
    assert [e.text for e in whole(store) if isinstance(e, UserUttered)] == ["message 0", "message 1", "message 2"]


def test_failed_save_changes_nothing_and_can_be_repeated(store: ConversationStore) -> None:
    tracker = converse(store, 2, SlotSet("intake__name", NAME))
    tracker.update_with_events([*turn(2), SlotSet("intake__name", None)], DOMAIN)

    def full_disk(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT"):
            raise OSError("no space left")

    sa.event.listen(store._engine, "before_cursor_execute", full_disk)
    with pytest.raises(OSError):
        run(store.save(tracker))
    sa.event.remove(store._engine, "before_cursor_execute", full_disk)
    assert run(store.retrieve("a")).get_slot("intake__name") == NAME
    run(store.save(tracker))
    assert [e.text for e in whole(store) if isinstance(e, UserUttered)] == ["message 0", "message 1", "message 2"]
    assert run(store.retrieve("a")).get_slot("intake__name") is None


def test_answers_to_a_message_are_found_by_its_id(store: ConversationStore) -> None:
    converse(store, 8)
    answers = store.answers_to("a", "id-1")
    assert [event.text for event in answers if isinstance(event, BotUttered)] == ["answer 1"]
    assert (store.answers_to("a", "id-x"), store.answers_to("b", "id-1")) == ([], [])


def test_purge_deletes_a_conversation_by_its_beginning(store: ConversationStore) -> None:
    converse(store, 2)
    assert (store.purge(60), len(whole(store)) > 0) == (0, True)
    with store._engine.begin() as connection:
        connection.execute(sa.update(turns).where(turns.c.number == 1).values(at=time.time() - 61))
    assert (store.purge(60), run(store.retrieve("a"))) == (2, None)


def test_forget_deletes_one_person_only(store: ConversationStore) -> None:
    converse(store, 3)
    other = run(store.get_or_create_tracker("b", append_action_listen=False))
    other.update_with_events([*SESSION, *turn(0)], DOMAIN)
    run(store.save(other))
    assert (store.forget("a"), run(store.keys())) == (3, ["b"])


def test_retrieve_of_nobody_is_none(store: ConversationStore) -> None:
    assert run(store.retrieve("nobody")) is None


def test_file_holds_no_word_in_clear(tmp_path: Path) -> None:
    store = ConversationStore.open(f"sqlite:///{tmp_path / 'conversations.db'}", [KEY], DOMAIN)
    converse(store, 2, SlotSet("intake__name", NAME))
    store._engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [word for word in (b"message 1", b"answer 1", b"Maria", b"intake__name", b"greet") if word in stored] == []


def test_new_key_reads_what_an_old_one_wrote(store: ConversationStore, url: str) -> None:
    converse(store, 2)
    rotated = ConversationStore.open(url, [OTHER_KEY, KEY], DOMAIN)
    saved(rotated, *turn(2))
    assert len([event for event in whole(rotated) if isinstance(event, UserUttered)]) == 3
    rotated._engine.dispose()


@pytest.mark.parametrize("keys", [[OTHER_KEY], ["no key"], [""]])
def test_open_with_keys_that_do_not_fit_says_so(store: ConversationStore, url: str, keys: list[str]) -> None:
    converse(store, 1)
    with pytest.raises(SettingsError, match="LOTSE_CONVERSATION_KEYS"):
        ConversationStore.open(url, keys, DOMAIN)


def test_open_without_a_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        ConversationStore.open(f"sqlite:///{tmp_path / 'missing' / 'conversations.db'}", [KEY], DOMAIN)


def test_open_drops_the_table_in_which_conversations_were_readable(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        database.execute("CREATE TABLE events (id INTEGER, intent_name TEXT, action_name TEXT, data TEXT)")
    database.close()
    store = ConversationStore.open(f"sqlite:///{tmp_path / 'conversations.db'}", [KEY], DOMAIN)
    assert sa.inspect(store._engine).has_table("events") is False
    store._engine.dispose()

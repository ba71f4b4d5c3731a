"""What is erased is in no byte of SQLite's files any more, its write-ahead log and backups made later included."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from sqlite3 import connect as open_file

import pytest
from cryptography.fernet import Fernet, MultiFernet
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, AllSlotsReset, SessionStarted, SlotSet, UserUttered

from actions.adapters.ledger import SqlLedger, connect, metadata
from actions.model.consent import Consent, Purpose
from actions.services.ports import OutboxItem
from bot.tracker_store import ConversationStore
from tests.canary import ciphertexts, found, pieces

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa tells at every load what changed between its versions 2 and 3
    DOMAIN = Domain.load("bot/domain")

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
CONSENT = Consent("c1", "i1", Purpose.INTAKE, "Stelle", "t1", "0" * 64, "ar", NOW.isoformat(timespec="seconds"), "web")
# Longer than a page of the database, so that it lies in several.
CANARY = "Anna Kanarienvogel " * 300


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqlLedger]:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    made = SqlLedger(engine, MultiFernet([Fernet(Fernet.generate_key())]))
    made.record_consent(CONSENT)
    made.submit("i1", "hash", [CONSENT], [OutboxItem("intake:i1:1", "i1", "intake", {"name": CANARY})], NOW)
    # Another process keeps the file open; else SQLite would clear up when the ledger closes it.
    with closing(open_file(tmp_path / "ledger.db")) as other:
        other.execute("SELECT count(*) FROM outbox").fetchall()
        yield made
    engine.dispose()


@pytest.mark.parametrize("end", ["withdrawn", "delivered", "dropped"])
def test_outbox_leaves_no_byte_of_what_waited(ledger: SqlLedger, tmp_path: Path, end: str) -> None:
    waited = pieces(ciphertexts(tmp_path / "ledger.db", "SELECT body FROM outbox"))
    assert "ledger.backup" in found(tmp_path, waited)
    if end == "withdrawn":
        ledger.withdraw("i1", list(Purpose), ["intake"], [], NOW)
    elif end == "delivered":
        ledger.delivered("intake:i1:1", NOW)
    else:
        ledger.bury("intake:i1:1", "rejected", NOW)
        ledger.drop("intake:i1:1")
    assert found(tmp_path, waited) == set()


def test_log_that_a_reader_held_up_is_overwritten_by_the_next_purge(ledger: SqlLedger, tmp_path: Path) -> None:
    waited = pieces(ciphertexts(tmp_path / "ledger.db", "SELECT body FROM outbox"))
    with closing(open_file(tmp_path / "ledger.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM outbox").fetchall()
        ledger.withdraw("i1", list(Purpose), ["intake"], [], NOW)
        assert found(tmp_path, waited) != set()
    ledger.purge_withdrawn(NOW - timedelta(days=1))
    assert found(tmp_path, waited) == set()


@pytest.mark.parametrize("end", ["forgotten", "purged", "reset", "emptied"])
def test_conversation_store_leaves_no_byte_of_an_answer(tmp_path: Path, end: str) -> None:
    store = ConversationStore.open(f"sqlite:///{tmp_path / 'conversations.db'}", [Fernet.generate_key().decode()], DOMAIN)
    tracker = store.init_tracker("person")

    def turn(*events: object) -> None:
        tracker.update_with_events([UserUttered("hm"), *events, ActionExecuted("action_listen")], DOMAIN)
        asyncio.run(store.save(tracker))

    turn(ActionExecuted("action_session_start"), SessionStarted())
    turn(SlotSet("intake__name", {"value": CANARY}))
    turn()
    written = pieces(ciphertexts(tmp_path / "conversations.db", "SELECT data FROM conversation_turn WHERE number > 1"))
    assert "conversations.backup" in found(tmp_path, written)
    if end == "forgotten":
        store.forget("person")
    elif end == "purged":
        store.purge(-1)
    else:
        turn(AllSlotsReset() if end == "reset" else SlotSet("intake__name", None))
    assert found(tmp_path, written) == set()
    store._engine.dispose()

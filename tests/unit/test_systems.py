"""Who stores it, shreds it: every slot and every column has a system that exports and erases it, or tells nothing of a person."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
import yaml

from actions.adapters.ledger import metadata
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.migrate import migrate
from actions.services.clock import utc_now
from actions.services.delivery import Delivery
from actions.services.systems import Part, all_systems
from bot.tracker_store import metadata as conversations

ROOT = Path(__file__).resolve().parents[2]

NOT_PERSONAL = {
    "counselling__run": "counts the requests of a conversation",
    "language__chosen": "the language of the conversation, gone with it",
    "language__offered": "a question of language that is open",
    "shared__attempts": "how often something was not understood",
    "shared__left_form": "the question that was put aside",
    "privacy__wish": "what a code is asked for",
    "conversation_turn.number": "a number",
    "conversation_turn.at": "when a turn was",
    "consent.submitted": "whether the consent was used",
    "outbox.id": "a number",
    "outbox.kind": "what kind of message",
    "outbox.attempts": "a number",
    "outbox.due_at": "when it is tried again",
    "outbox.claimed_until": "who delivers it now",
    "outbox.delivered_at": "when it arrived",
    "outbox.buried_at": "when it was given up",
    "outbox.last_error": "the code of an error",
    "outbox.reported_at": "when somebody was alarmed",
}
"""Slots and columns that say nothing about a person, each with the reason."""


def systems() -> list[tuple[Part, frozenset[str]]]:
    ledger, backend = MemoryLedger(), MemoryBackend()
    found = all_systems(ledger, Delivery(ledger, backend, backend, utc_now), utc_now, backend.withdrawal)
    return [(system.part, system.holds) for system in found]


def kept() -> set[str]:
    """All slots of the conversation, and all columns of the ledger and of the conversation store."""
    slots = {
        slot
        for path in (ROOT / "bot/domain").glob("*.yml")
        for slot in (yaml.safe_load(path.read_text(encoding="utf-8")).get("slots") or {})
    }
    tables = [*metadata.sorted_tables, *conversations.sorted_tables]
    return slots | {f"{table.name}.{column.name}" for table in tables for column in table.columns}


def test_every_slot_and_column_is_held_by_a_system_or_tells_nothing_of_a_person() -> None:
    held = {name for _, holds in systems() for name in holds}
    forgotten = kept() - held - set(NOT_PERSONAL)
    assert forgotten == set(), "add it to `holds` of its system (actions/services/systems.py), which erases and exports it"


def test_registry_and_exceptions_name_nothing_that_does_not_exist() -> None:
    of_the_backend = {"intake", "appointment", "interpreter_request"}
    held = {name for _, holds in systems() for name in holds} - of_the_backend
    assert (held - kept(), set(NOT_PERSONAL) - kept()) == (set(), set())


def test_nothing_is_held_by_two_systems_and_every_part_has_one() -> None:
    names = [name for _, holds in systems() for name in holds]
    assert len(names) == len(set(names))
    assert [part for part, _ in systems()] == list(Part)


def test_the_migrations_make_no_other_columns(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    migrate(url)
    engine = sa.create_engine(url, future=True)
    inspector = sa.inspect(engine)
    made = {f"{table}.{column['name']}" for table in inspector.get_table_names() for column in inspector.get_columns(table)}
    ours = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    assert {name for name in made if not name.startswith("alembic_version")} == ours
    engine.dispose()

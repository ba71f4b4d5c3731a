"""The ledger's contract, kept by the database and by its in-memory twin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet

from actions.adapters.ledger import SqlLedger, connect, metadata, outbox
from actions.adapters.memory import MemoryLedger
from actions.migrate import migrate
from actions.model.consent import Consent, Purpose
from actions.model.errors import ConsentMissing
from actions.services.ports import Dispatch, Ledger, OutboxEntry, OutboxItem
from tests.servers import new_database

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
LEASE = timedelta(seconds=30)
CONSENT = Consent("c1", "i1", Purpose.INTAKE, "Stelle", "t1", "0" * 64, "ar", NOW.isoformat(timespec="seconds"), "web")
ITEM = OutboxItem("intake:i1:1", "i1", "intake", {"name": "Erfunden"})


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        url = new_database(request.getfixturevalue("postgres_server"), f"t{uuid4().hex}")
    engine = connect(url)
    metadata.create_all(engine)
    yield SqlLedger(engine, MultiFernet([Fernet(Fernet.generate_key())]))
    engine.dispose()


def submitted(ledger: Ledger) -> Ledger:
    ledger.record_consent(CONSENT)
    ledger.submit("i1", "hash", [CONSENT], [ITEM], NOW)
    return ledger


def test_consent_recorded_twice_is_one(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    ledger.record_consent(CONSENT)
    assert ledger.consents("i1") == [CONSENT]


def test_withdrawn_consent_can_be_granted_again(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    ledger.withdraw_consent("c1", NOW)
    assert ledger.consents("i1") == []
    ledger.record_consent(CONSENT)
    assert ledger.consents("i1") == [CONSENT]


def test_submission_without_recorded_consent_is_refused_whole(ledger: Ledger) -> None:
    with pytest.raises(ConsentMissing):
        ledger.submit("i1", "hash", [CONSENT], [ITEM], NOW)
    assert (ledger.receipt("hash"), ledger.claim(NOW, LEASE, 10)) == (None, [])


def test_submission_twice_is_one(ledger: Ledger) -> None:
    submitted(ledger)
    assert ledger.submit("i1", "hash", [CONSENT], [ITEM], NOW) is False
    assert [item.key for item in ledger.claim(NOW, LEASE, 10)] == ["intake:i1:1"]


def test_item_queued_for_later_is_left_to_who_asks_for_its_intake(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    ledger.submit("i1", "hash", [CONSENT], [ITEM], NOW, NOW + LEASE)
    message = OutboxItem("withdraw:i1", "i1", "withdraw_consent", {"purpose": "statistics"})
    ledger.withdraw("i1", [Purpose.STATISTICS], [], [message], NOW, NOW + LEASE)
    assert ledger.claim(NOW, LEASE, 10) == []
    assert [item.key for item in ledger.claim(NOW, LEASE, 10, "i1")] == [ITEM.key, message.key]
    assert [item.attempts for item in ledger.claim(NOW + LEASE, LEASE, 10)] == [2, 2]


def test_claimed_item_is_nobody_elses_until_the_lease_ends(ledger: Ledger) -> None:
    submitted(ledger)
    assert [(item.body, item.attempts) for item in ledger.claim(NOW, LEASE, 10)] == [({"name": "Erfunden"}, 1)]
    assert ledger.claim(NOW, LEASE, 10) == []
    assert [item.attempts for item in ledger.claim(NOW + LEASE, LEASE, 10)] == [2]


def test_delivered_item_is_not_claimed_and_marks_the_receipt(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.delivered(ITEM.key, NOW)
    receipt = ledger.receipt("hash")
    assert receipt is not None and receipt.delivered
    assert ledger.claim(NOW + timedelta(days=1), LEASE, 10) == []


def test_postponed_item_is_due_later_but_can_be_asked_for(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.postpone(ITEM.key, NOW + timedelta(minutes=5), "down")
    assert ledger.claim(NOW + timedelta(minutes=1), LEASE, 10) == []
    assert [item.key for item in ledger.claim(NOW, LEASE, 10, "i1")] == [ITEM.key]


def test_buried_item_is_never_claimed(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.bury(ITEM.key, "schema_violation", NOW)
    assert ledger.claim(NOW + timedelta(days=1), LEASE, 10) == []


def test_dead_letter_is_shown_without_content_and_reported_once(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.bury(ITEM.key, "schema_violation", NOW)
    dead = OutboxEntry(ITEM.key, "intake", NOW, 1, NOW, NOW, "schema_violation")
    assert (ledger.undelivered(), ledger.unreported()) == ([dead], [dead])
    ledger.reported(ITEM.key, NOW)
    assert (ledger.undelivered(), ledger.unreported()) == ([dead], [])


def test_waiting_item_is_shown_with_its_error_and_is_no_dead_letter(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    later = NOW + timedelta(minutes=5)
    ledger.postpone(ITEM.key, later, "status 503")
    assert ledger.undelivered() == [OutboxEntry(ITEM.key, "intake", NOW, 1, later, None, "status 503")]
    assert (ledger.unreported(), ledger.replay(ITEM.key, NOW), ledger.drop(ITEM.key)) == ([], False, False)


def test_replayed_dead_letter_is_as_if_never_sent(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.refer(ITEM.key, "submission 1")
    ledger.bury(ITEM.key, "rejected", NOW)
    ledger.reported(ITEM.key, NOW)
    assert ledger.replay(ITEM.key, NOW) is True
    assert [(item.body, item.attempts) for item in ledger.claim(NOW, LEASE, 10)] == [(ITEM.body, 1)]
    assert ledger.references("i1") == {}
    ledger.bury(ITEM.key, "rejected", NOW)
    assert [entry.key for entry in ledger.unreported()] == [ITEM.key]


def test_dropped_dead_letter_is_gone_with_its_receipt(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.bury(ITEM.key, "schema_violation", NOW)
    assert ledger.drop(ITEM.key) is True
    assert (ledger.undelivered(), ledger.receipt("hash"), ledger.drop(ITEM.key)) == ([], None, False)


def test_item_beside_a_dropped_intake_is_still_shown(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    beside = OutboxItem("confirm_appointment:a1", "i1", "confirm_appointment", {})
    ledger.submit("i1", "hash", [CONSENT], [ITEM, beside], NOW)
    for key in (ITEM.key, beside.key):
        ledger.bury(key, "refused", NOW)
    ledger.drop(ITEM.key)
    assert [entry.key for entry in ledger.undelivered()] == [beside.key]


def test_reference_stays_after_delivery_and_the_last_one_counts(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.refer(ITEM.key, "submission 1")
    ledger.refer(ITEM.key, "submission 2")
    ledger.delivered(ITEM.key, NOW)
    assert (ledger.references("i1"), ledger.references("i2")) == ({ITEM.key: "submission 2"}, {})


def test_encrypting_anew_tells_how_many_wait(ledger: Ledger) -> None:
    assert submitted(ledger).encrypt_anew() == 1
    ledger.claim(NOW, LEASE, 10)
    ledger.delivered(ITEM.key, NOW)
    assert ledger.encrypt_anew() == 0


def test_drafts_are_purged_and_submissions_kept(ledger: Ledger) -> None:
    submitted(ledger)
    draft = Consent("c2", "i2", Purpose.INTAKE, "Stelle", "t1", "0" * 64, "ar", CONSENT.granted_at, "web")
    ledger.record_consent(draft)
    assert ledger.purge_drafts(NOW + timedelta(hours=1)) == 1
    assert (ledger.consents("i1"), ledger.consents("i2")) == ([CONSENT], [])


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.engine.Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def with_keys(engine: sa.engine.Engine, *keys: bytes) -> SqlLedger:
    return SqlLedger(engine, MultiFernet([Fernet(key) for key in keys]))


def test_key_can_be_changed_while_items_wait(engine: sa.engine.Engine) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    submitted(with_keys(engine, old))
    both = with_keys(engine, new, old)
    assert both.encrypt_anew() == 1
    assert [item.body for item in with_keys(engine, new).claim(NOW, LEASE, 10)] == [ITEM.body]


def test_item_of_a_lost_key_is_a_dead_letter_and_others_go_on(engine: sa.engine.Engine) -> None:
    lost, kept = Fernet.generate_key(), Fernet.generate_key()
    submitted(with_keys(engine, lost))
    ledger = with_keys(engine, kept)
    other = replace(CONSENT, consent_id="c2", intake_id="i2")
    ledger.record_consent(other)
    ledger.submit("i2", "hash2", [other], [OutboxItem("intake:i2:1", "i2", "intake", {})], NOW)
    assert [item.key for item in ledger.claim(NOW, LEASE, 10)] == ["intake:i2:1"]
    assert [(entry.key, entry.error) for entry in ledger.unreported()] == [(ITEM.key, "undecipherable")]
    assert ledger.replay(ITEM.key, NOW) is True
    found = with_keys(engine, kept, lost).claim(NOW, LEASE, 10)
    assert [item.body for item in found] == [ITEM.body]


def test_migrated_tables_are_those_of_the_code(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'migrated.db'}"
    migrate(url)
    engine = connect(url)
    found = sa.inspect(engine)
    columns = {name: {column["name"] for column in found.get_columns(name)} for name in metadata.tables}
    engine.dispose()
    assert columns == {name: {column.name for column in table.columns} for name, table in metadata.tables.items()}


def test_withdrawal_ends_submitted_consents_and_keeps_them_on_record(ledger: Ledger) -> None:
    submitted(ledger)
    ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW)
    assert ledger.consents("i1") == []
    assert [(record.consent, record.submitted, record.holds) for record in ledger.records("i1")] == [(CONSENT, True, False)]
    ledger.record_consent(CONSENT)
    assert ledger.consents("i1") == []


def test_withdrawal_stops_what_waits_and_queues_the_message_once(ledger: Ledger) -> None:
    submitted(ledger)
    message = OutboxItem("withdraw:i1:intake", "i1", "withdraw_consent", {"purpose": "intake"})
    assert ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [message], NOW) == 1
    assert ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [message], NOW) == 0
    assert [(item.key, item.body) for item in ledger.claim(NOW, LEASE, 10)] == [(message.key, message.body)]
    assert ledger.outbox_of("i1") == [Dispatch(message.key, "withdraw_consent", waiting=True, sent=False)]


def test_withdrawal_leaves_no_dead_letter_and_no_reference_of_the_intake(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.refer(ITEM.key, "submission 1")
    ledger.bury(ITEM.key, "rejected", NOW)
    assert ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW) == 0
    assert (ledger.undelivered(), ledger.unreported(), ledger.references("i1")) == ([], [], {})
    assert (ledger.replay(ITEM.key, NOW), ledger.outbox_of("i1")) == (False, [])


def test_withdrawal_takes_the_reference_of_what_has_arrived(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.refer(ITEM.key, "submission 1")
    ledger.delivered(ITEM.key, NOW)
    ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW)
    assert (ledger.references("i1"), ledger.outbox_of("i1")) == ({}, [Dispatch(ITEM.key, "intake", waiting=False, sent=True)])


def test_item_withdrawn_while_it_is_being_delivered_stays_gone(ledger: Ledger) -> None:
    submitted(ledger).claim(NOW, LEASE, 10)
    ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW)
    ledger.refer(ITEM.key, "submission 1")
    ledger.postpone(ITEM.key, NOW, "down")
    ledger.bury(ITEM.key, "withdrawn", NOW)
    ledger.delivered(ITEM.key, NOW)
    assert (ledger.outbox_of("i1"), ledger.references("i1"), ledger.unreported()) == ([], {}, [])


def test_dispatch_is_sent_once_another_system_has_a_reference_of_it(ledger: Ledger) -> None:
    submitted(ledger)
    assert ledger.outbox_of("i1") == [Dispatch(ITEM.key, "intake", waiting=True, sent=False)]
    ledger.refer(ITEM.key, "submission 1")
    assert ledger.outbox_of("i1") == [Dispatch(ITEM.key, "intake", waiting=True, sent=True)]


def test_withdrawal_of_one_purpose_leaves_the_others(ledger: Ledger) -> None:
    other = replace(CONSENT, consent_id="c2", purpose=Purpose.APPOINTMENT)
    ledger.record_consent(other)
    submitted(ledger)
    assert ledger.withdraw("i1", [Purpose.APPOINTMENT], [], [], NOW) == 0
    assert ledger.consents("i1") == [CONSENT]
    assert [item.key for item in ledger.claim(NOW, LEASE, 10)] == [ITEM.key]


def test_consent_of_an_open_question_taken_back_is_on_record(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    ledger.withdraw_consent("c1", NOW)
    assert [(record.submitted, record.holds) for record in ledger.records("i1")] == [(False, False)]


def test_submission_after_withdrawal_is_refused(ledger: Ledger) -> None:
    ledger.record_consent(CONSENT)
    ledger.withdraw("i1", [Purpose.INTAKE], [], [], NOW)
    with pytest.raises(ConsentMissing):
        ledger.submit("i1", "hash", [CONSENT], [ITEM], NOW)


def test_withdrawn_consents_and_their_receipt_go_after_their_time(ledger: Ledger) -> None:
    submitted(ledger)
    ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW)
    assert (ledger.purge_withdrawn(NOW), len(ledger.records("i1"))) == (0, 1)
    assert ledger.purge_withdrawn(NOW + timedelta(days=1)) == 1
    assert (ledger.records("i1"), ledger.receipt("hash")) == ([], None)


def test_content_of_a_dead_letter_is_destroyed_with_the_consent(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    ledger = submitted(SqlLedger(engine, MultiFernet([Fernet(Fernet.generate_key())])))
    ledger.bury(ITEM.key, "schema_violation", NOW)
    ledger.withdraw("i1", [Purpose.INTAKE], ["intake"], [], NOW)
    with engine.connect() as connection:
        assert connection.execute(sa.select(outbox.c.body)).scalars().all() == []
    engine.dispose()


def test_outbox_is_unreadable_at_rest(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    submitted(SqlLedger(engine, MultiFernet([Fernet(Fernet.generate_key())])))
    engine.dispose()
    assert all(b"Erfunden" not in path.read_bytes() for path in tmp_path.iterdir())

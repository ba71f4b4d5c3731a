"""The ledger's contract, kept by the database and by its in-memory twin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet, MultiFernet

from actions.adapters.ledger import SqlLedger, connect, metadata
from actions.adapters.memory import MemoryLedger
from actions.model.consent import Consent, Purpose
from actions.model.errors import ConsentMissing
from actions.services.ports import Ledger, OutboxItem
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


def test_drafts_are_purged_and_submissions_kept(ledger: Ledger) -> None:
    submitted(ledger)
    draft = Consent("c2", "i2", Purpose.INTAKE, "Stelle", "t1", "0" * 64, "ar", CONSENT.granted_at, "web")
    ledger.record_consent(draft)
    assert ledger.purge_drafts(NOW + timedelta(hours=1)) == 1
    assert (ledger.consents("i1"), ledger.consents("i2")) == ([CONSENT], [])


def test_outbox_is_unreadable_at_rest(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'ledger.db'}")
    metadata.create_all(engine)
    submitted(SqlLedger(engine, MultiFernet([Fernet(Fernet.generate_key())])))
    engine.dispose()
    assert all(b"Erfunden" not in path.read_bytes() for path in tmp_path.iterdir())

"""What each way of handing over promises beyond the common contract: signatures, sealed files, receipts that can be trusted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Optional

import pytest

from actions.adapters.file_drop import FileDrop
from actions.adapters.fit_connect import Client, Destination, FitConnect
from actions.adapters.fit_connect_events import EventKeys
from actions.adapters.memory import MemoryLedger
from actions.adapters.sealing import public_key
from actions.adapters.webhook import SignedWebhook
from actions.model.consent import Purpose, withdrawal_key
from actions.model.errors import BackendRefused, BackendUnavailable, LotseError, ReceiptPending
from actions.model.intake import delivery_key
from actions.services.ports import CaseBackend, OutboxItem
from tests.intakes import an_intake, opened, unpooled, waiting
from tests.receivers import FitConnectService, WebhookReceiver, key_pair, public_jwk, served

SECRET = bytes(range(32))
CANARY = "Erfundene Kanarie"


def put(backend: CaseBackend, payload: dict[str, Any]) -> Optional[LotseError]:
    """What handing over raises, or None once it is acknowledged."""
    try:
        asyncio.run(backend.put_intake(payload))
    except LotseError as error:
        return error
    return None


def said(error: Optional[LotseError]) -> tuple[str, str]:
    return type(error).__name__, str(error)


def withdrawn(ledger: MemoryLedger, case: str) -> None:
    """The intake taken back, and what is to be told in the outbox."""
    item = OutboxItem(withdrawal_key(case, Purpose.INTAKE), case, "withdraw_consent", {"purpose": "intake"})
    ledger.withdraw(case, [Purpose.INTAKE], ["intake"], [item], datetime.now(timezone.utc))


@pytest.fixture
def receiver() -> WebhookReceiver:
    return WebhookReceiver(SECRET)


@pytest.fixture
def address(receiver: WebhookReceiver) -> Iterator[str]:
    with served(receiver) as url:
        yield url


def test_webhook_repeats_with_the_same_id_and_a_new_time(receiver: WebhookReceiver, address: str) -> None:
    moments = iter([datetime.now(timezone.utc), datetime.now(timezone.utc) + timedelta(seconds=10)])
    backend, payload = SignedWebhook(unpooled(), address, [SECRET], lambda: next(moments)), an_intake()
    assert [put(backend, payload), put(backend, payload)] == [None, None]
    (first, body), (second, again) = receiver.received
    assert {first[name] for name in ("webhook-id", "idempotency-key")} == {delivery_key(payload)} == {second["webhook-id"]}
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 10
    assert first["webhook-signature"] != second["webhook-signature"]
    assert (body, list(receiver.kept.values())) == (again, [payload])


def test_webhook_tells_a_withdrawal_signed_and_under_a_name_of_its_own(receiver: WebhookReceiver, address: str) -> None:
    backend = SignedWebhook(unpooled(), address, [SECRET], lambda: datetime.now(timezone.utc))
    asyncio.run(backend.withdraw("i1", Purpose.INTAKE))
    ((headers, _),) = receiver.received
    assert headers["idempotency-key"] == "withdraw_consent:i1:intake"
    event = {"type": "consent.withdrawn", "data": {"external_id": "i1", "purpose": "intake"}}
    assert receiver.kept == {"withdraw_consent:i1:intake": event}


@pytest.mark.parametrize("spoilt", ["secret", "time"])
def test_webhook_with_wrong_secret_or_old_time_is_not_taken_and_not_dead(
    receiver: WebhookReceiver, address: str, spoilt: str
) -> None:
    secret, age = (bytes(32), 0) if spoilt == "secret" else (SECRET, 3600)
    moment = datetime.now(timezone.utc) - timedelta(seconds=age)
    assert said(put(SignedWebhook(unpooled(), address, [secret], lambda: moment), an_intake())) == ("Unauthorised", "status 401")
    assert receiver.kept == {}


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (400, {"code": "unknown_office"}, ("BackendRefused", "unknown_office")),
        (422, {"code": CANARY}, ("BackendRefused", "status_422")),
        (410, None, ("BackendRefused", "status_410")),
        (404, None, ("Missing", "status 404")),
        (429, {"code": "slow_down"}, ("BackendUnavailable", "status 429")),
        (302, None, ("BackendUnavailable", "status 302")),
        (503, None, ("BackendUnavailable", "status 503")),
    ],
)
def test_webhook_answer_means_dead_letter_or_later(
    receiver: WebhookReceiver, address: str, status: int, content: Any, expected: tuple[str, str]
) -> None:
    receiver.answer = (status, content)
    error = put(SignedWebhook(unpooled(), address, [SECRET], lambda: datetime.now(timezone.utc)), an_intake())
    assert said(error) == expected
    assert isinstance(error, BackendRefused) != isinstance(error, BackendUnavailable)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    folders = tmp_path / "out", tmp_path / "receipts"
    for folder in folders:
        folder.mkdir()
    return folders


def a_drop(folders: tuple[Path, Path], ledger: MemoryLedger) -> FileDrop:
    return FileDrop(folders[0], public_key(public_jwk(key_pair("enc-1", "enc"))), ledger, folders[1])


def test_file_is_named_by_intake_and_revision_and_unreadable_without_the_key(folders: tuple[Path, Path]) -> None:
    ledger = MemoryLedger()
    payload = waiting(ledger, an_intake(CANARY))
    assert isinstance(put(a_drop(folders, ledger), payload), ReceiptPending)
    (file,) = folders[0].iterdir()
    assert file.name == f"{payload['external_id']}-1.jwe"
    assert CANARY not in file.read_text()
    assert opened(folders[0]) == [payload]


def test_file_taken_away_before_its_receipt_is_not_written_again(folders: tuple[Path, Path]) -> None:
    ledger = MemoryLedger()
    payload = waiting(ledger, an_intake())
    put(a_drop(folders, ledger), payload)
    (file,) = folders[0].iterdir()
    file.unlink()
    assert said(put(a_drop(folders, ledger), payload)) == ("ReceiptPending", "no receipt yet")
    assert list(folders[0].iterdir()) == []
    (folders[1] / file.with_suffix(".received").name).touch()
    assert put(a_drop(folders, ledger), payload) is None


def test_file_that_the_recipient_refuses_is_a_dead_letter(folders: tuple[Path, Path]) -> None:
    ledger = MemoryLedger()
    payload = waiting(ledger, an_intake())
    (folders[1] / f"{payload['external_id']}-1.refused").touch()
    assert said(put(a_drop(folders, ledger), payload)) == ("BackendRefused", "rejected")


def test_withdrawn_file_that_is_still_there_is_deleted_and_the_withdrawal_lies_beside(folders: tuple[Path, Path]) -> None:
    ledger = MemoryLedger()
    payload, other = waiting(ledger, an_intake()), waiting(ledger, an_intake())
    drop, case = a_drop(folders, ledger), payload["external_id"]
    put(drop, payload), put(drop, other)
    withdrawn(ledger, case)
    asyncio.run(drop.withdraw(case, Purpose.INTAKE))
    names = {f"{other['external_id']}-1.jwe", f"{case}-withdrawn-intake.jwe"}
    assert {file.name for file in folders[0].iterdir()} == names
    assert case not in (folders[0] / f"{case}-withdrawn-intake.jwe").read_text()


def test_withdrawal_taken_away_is_not_written_again(folders: tuple[Path, Path]) -> None:
    ledger = MemoryLedger()
    payload = waiting(ledger, an_intake())
    withdrawn(ledger, payload["external_id"])
    drop = a_drop(folders, ledger)
    asyncio.run(drop.withdraw(payload["external_id"], Purpose.INTAKE))
    for file in folders[0].iterdir():
        file.unlink()
    asyncio.run(drop.withdraw(payload["external_id"], Purpose.INTAKE))
    assert list(folders[0].iterdir()) == []


def test_folder_that_is_gone_is_tried_later_and_leaves_nothing_behind(folders: tuple[Path, Path]) -> None:
    ledger, elsewhere = MemoryLedger(), folders[0].with_name("elsewhere")
    payload = waiting(ledger, an_intake())
    folders[0].rename(elsewhere)
    assert said(put(a_drop(folders, ledger), payload)) == ("BackendUnavailable", "FileNotFoundError")
    elsewhere.rename(folders[0])
    assert isinstance(put(a_drop(folders, ledger), payload), ReceiptPending)
    assert len(list(folders[0].iterdir())) == 1


class Fit:
    """A delivery service, our adapter, and one intake that waits."""

    def __init__(self, service: FitConnectService, url: str, keys: Path) -> None:
        keys.write_text(json.dumps(service.recipient_keys()))
        self.service, self.ledger = service, MemoryLedger()
        self.payload = waiting(self.ledger, an_intake())
        self.keys, self.url = EventKeys.from_file(keys), url

    def put(self, known: bool = True) -> tuple[str, str]:
        """Each time a new process, as after a restart."""
        to = Destination(self.service.destination, "urn:de:fim:leika:leistung:99001", "Beratung", self.keys)
        sender = Client(f"{self.url}/token", "kim-lotse", "invented" if known else "wrong")
        backend = FitConnect(unpooled(f"{self.url}/"), sender, to, self.ledger, lambda: datetime.now(timezone.utc))
        return said(put(backend, self.payload))

    @property
    def submission(self) -> str:
        return list(self.service.delivered)[-1]


ACKNOWLEDGED = ("NoneType", "None")
SUBMITTED = ("ReceiptPending", "submitted")


@pytest.fixture
def fit(tmp_path: Path) -> Iterator[Fit]:
    service = FitConnectService("invented")
    with served(service) as url:
        yield Fit(service, url, tmp_path / "keys.jwks")


def test_submission_waits_for_the_recipients_signed_receipt(fit: Fit) -> None:
    assert [fit.put(), fit.put()] == [SUBMITTED, SUBMITTED]
    fit.service.accept(fit.submission)
    assert fit.put() == ACKNOWLEDGED
    assert len(fit.service.submissions) == 1


def test_rejected_submission_is_a_dead_letter_and_a_new_one_after_replay(fit: Fit) -> None:
    fit.put()
    fit.service.reject(fit.submission)
    assert fit.put() == ("BackendRefused", "rejected")
    key = delivery_key(fit.payload)
    fit.ledger.bury(key, "rejected", datetime.now(timezone.utc))
    fit.ledger.replay(key, datetime.now(timezone.utc))
    assert fit.put() == SUBMITTED
    assert len(fit.service.delivered) == 2


@pytest.mark.parametrize(
    "spoilt",
    ["another submission", "signed by the service", "signed by a stranger", "other bytes", "two events", "unsigned"],
)
def test_receipt_that_cannot_be_trusted_changes_nothing(fit: Fit, spoilt: str) -> None:
    fit.put()
    service, name = fit.service, fit.submission
    if spoilt == "another submission":
        service.accept(name, sub="submission:00000000-0000-0000-0000-000000000000")
    elif spoilt == "signed by the service":
        service.happened(name, "accept", service.own, service.destination)
    elif spoilt == "signed by a stranger":
        service.happened(name, "accept", key_pair("enc-1", "sig"), service.destination)
    elif spoilt == "other bytes":
        service.accept(name, tags={"metadata": "AAAA", "data": "BBBB"})
    elif spoilt == "two events":
        events = "https://schema.fitko.de/fit-connect/events/"
        service.accept(name, events={f"{events}accept-submission": {}, f"{events}reject-submission": {}})
    else:
        service.submissions[name]["log"].append("eyJhbGciOiJub25lIn0.e30.")
    assert fit.put() == SUBMITTED


def test_answer_that_is_lost_after_submission_makes_no_second_one(fit: Fit) -> None:
    fit.service.lose_next_answer = True
    assert fit.put()[0] == "BackendUnavailable"
    assert fit.put() == SUBMITTED
    fit.service.accept(fit.submission)
    assert fit.put() == ACKNOWLEDGED
    assert len(fit.service.delivered) == 1


def test_announcement_that_ran_out_is_made_anew(fit: Fit) -> None:
    fit.service.answer_to_submit = (503, None)
    assert fit.put() == ("BackendUnavailable", "status 503")
    fit.service.submissions.clear()
    fit.service.answer_to_submit = None
    assert fit.put() == SUBMITTED
    assert len(fit.service.submissions) == 1


def test_announcement_that_still_stands_is_used_again(fit: Fit) -> None:
    fit.service.answer_to_submit = (503, None)
    fit.put()
    fit.service.answer_to_submit = None
    assert fit.put() == SUBMITTED
    fit.service.accept(fit.submission)
    assert fit.put() == ACKNOWLEDGED
    assert len(fit.service.submissions) == 1


def test_content_that_the_service_refuses_is_a_dead_letter(fit: Fit) -> None:
    fit.service.answer_to_submit = (422, {"title": "no"})
    assert fit.put() == ("BackendRefused", "status_422")


def test_intake_withdrawn_while_it_is_being_delivered_is_not_submitted(fit: Fit) -> None:
    withdrawn(fit.ledger, fit.payload["external_id"])
    assert fit.put() == ("BackendRefused", "withdrawn")
    assert fit.service.delivered == {}


def test_wrong_credentials_are_tried_later(fit: Fit) -> None:
    assert fit.put(known=False) == ("BackendUnavailable", "token status_400")
    assert fit.service.submissions == {}


def test_token_that_no_longer_counts_is_renewed(fit: Fit) -> None:
    to = Destination(fit.service.destination, "urn:x", "Beratung", fit.keys)
    sender = Client(f"{fit.url}/token", "kim-lotse", "invented")
    backend = FitConnect(unpooled(f"{fit.url}/"), sender, to, fit.ledger, lambda: datetime.now(timezone.utc))
    assert said(put(backend, fit.payload)) == SUBMITTED
    fit.service.forget_tokens()
    assert said(put(backend, fit.payload)) == ("Unauthorised", "status 401")
    assert said(put(backend, fit.payload)) == SUBMITTED

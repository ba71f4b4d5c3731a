"""The contract of CaseBackend, kept by all systems that we hand over to and by the in-memory twin."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional
from uuid import uuid4

import pytest

from actions.adapters.case_backend import HttpCaseBackend
from actions.adapters.file_drop import FileDrop
from actions.adapters.fit_connect import Client, Destination, FitConnect
from actions.adapters.fit_connect_events import EventKeys
from actions.adapters.intake_contract import encoded
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.adapters.sealing import recipient_key
from actions.adapters.webhook import SignedWebhook
from actions.model.consent import FALLS_WITH, Purpose, Withdrawal, withdrawal_key
from actions.model.errors import BackendRefused, BackendUnavailable, ReceiptPending, StatusNotTold, WithdrawalImpossible
from actions.services.ports import CaseBackend, OutboxItem
from scripts.stack import Stack, free_port
from tests.intakes import an_intake, opened, unpooled, waiting
from tests.receivers import FitConnectService, WebhookReceiver, key_pair, public_jwk, served

SECRET = bytes(32)


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class System:
    """A system under test, what it has got, and how its recipient acknowledges (None: at once)."""

    backend: CaseBackend
    arrived: Callable[[], list[dict[str, Any]]]
    ledger: MemoryLedger
    acknowledge: Optional[Callable[[], None]]
    tells_status: bool

    def waiting(self, payload: dict[str, Any]) -> dict[str, Any]:
        return waiting(self.ledger, payload)

    def told(self) -> list[dict[str, Any]]:
        """The withdrawals that arrived, where they arrive as messages of their own."""
        return [document for document in self.arrived() if document.get("type") == "consent.withdrawn"]

    def withdraw(self, payload: dict[str, Any], purpose: Purpose) -> dict[str, str]:
        """Take a consent back as the outbox does: what is to be told is queued first."""
        case = payload["external_id"]
        item = OutboxItem(withdrawal_key(case, purpose), case, "withdraw_consent", {"purpose": purpose.value})
        self.ledger.withdraw(case, FALLS_WITH[purpose], ["intake"] if purpose is Purpose.INTAKE else [], [item], now())
        return dict(asyncio.run(self.backend.withdraw(case, purpose)))

    async def put(self, payload: dict[str, Any]) -> None:
        """Hand over until acknowledged."""
        try:
            await self.backend.put_intake(payload)
        except ReceiptPending:
            assert self.acknowledge is not None
            self.acknowledge()
            await self.backend.put_intake(payload)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The real bundled backend, alone."""
    stack = Stack(tmp_path_factory.mktemp("bundled"), ports={name: free_port() for name in ("bot", "actions", "backend")})
    try:
        stack.prepare()
        stack.start("backend")
        stack.wait("backend")
        yield stack
    finally:
        stack.down()


def intakes_of(stack: Stack) -> list[dict[str, Any]]:
    with sqlite3.connect(stack.data / "backend.db") as database:
        found = [json.loads(payload) for (payload,) in database.execute("select payload from intake")]
    database.close()
    return found


@pytest.fixture(params=["memory", "bundled", "webhook", "file_drop", "file_drop_with_receipts", "fit_connect"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    ledger = MemoryLedger()
    if request.param == "memory":
        memory = MemoryBackend()
        yield System(memory, lambda: list(memory.intakes.values()), ledger, None, True)
    elif request.param == "bundled":
        stack: Stack = request.getfixturevalue("bundled")
        before = len(intakes_of(stack))
        url, token = stack.environment()["LOTSE_BACKEND_URL"], stack.environment()["LOTSE_BACKEND_TOKEN"]
        yield System(
            HttpCaseBackend(unpooled(f"{url}/api/v1/", headers={"Authorization": f"Bearer {token}"})),
            lambda: intakes_of(stack)[before:],
            ledger,
            None,
            True,
        )
    elif request.param == "webhook":
        receiver = WebhookReceiver(SECRET)
        with served(receiver) as url:
            backend = SignedWebhook(unpooled(), url, [b"1" * 32, SECRET], now)
            yield System(backend, lambda: list(receiver.kept.values()), ledger, None, False)
    elif request.param.startswith("file_drop"):
        folder, receipts, key = tmp_path / "out", tmp_path / "receipts", tmp_path / "key.jwk"
        folder.mkdir()
        receipts.mkdir()
        key.write_text(json.dumps(public_jwk(key_pair("enc-1", "enc"))))

        def receive() -> None:
            for file in folder.iterdir():
                (receipts / file.with_suffix(".received").name).touch()

        with_receipts = request.param.endswith("receipts")
        drop = FileDrop(folder, recipient_key(key), ledger, receipts if with_receipts else None)
        yield System(drop, lambda: opened(folder), ledger, receive if with_receipts else None, False)
    else:
        service, keys = FitConnectService("invented"), tmp_path / "keys.jwks"
        keys.write_text(json.dumps(service.recipient_keys()))

        def accept() -> None:
            for name, submission in service.submissions.items():
                if len(submission["log"]) == 1:
                    service.accept(name)

        with served(service) as url:
            to = Destination(service.destination, "urn:de:fim:leika:leistung:99001", "Beratung", EventKeys.from_file(keys))
            sender = Client(f"{url}/token", "kim-lotse", "invented")
            fit = FitConnect(unpooled(f"{url}/"), sender, to, ledger, now)
            yield System(fit, lambda: list(service.delivered.values()), ledger, accept, True)


def test_intake_that_is_acknowledged_has_arrived_unchanged(system: System) -> None:
    payload = system.waiting(an_intake())
    asyncio.run(system.put(payload))
    assert system.arrived() == [payload]


def test_intake_handed_over_again_is_one(system: System) -> None:
    payload = system.waiting(an_intake())

    async def three_times() -> None:
        for _ in range(3):
            await system.put(payload)

    asyncio.run(three_times())
    assert system.arrived() == [payload]


def test_intake_against_the_contract_is_refused_and_others_arrive(system: System) -> None:
    wrong, right = system.waiting({**an_intake(), "nationality": "x"}), system.waiting(an_intake())

    async def both() -> None:
        with pytest.raises(BackendRefused) as refusal:
            await system.put(wrong)
        assert refusal.value.code == "schema_violation"
        await system.put(right)

    asyncio.run(both())
    assert system.arrived() == [right]


def test_state_of_an_acknowledged_intake_is_told_or_said_not_to_be_told(system: System) -> None:
    payload = system.waiting(an_intake())

    async def asked() -> Optional[str]:
        await system.put(payload)
        try:
            return (await system.backend.status(payload["external_id"])).state
        except StatusNotTold:
            return None

    assert asyncio.run(asked()) == ("received" if system.tells_status else None)


def test_state_of_an_intake_that_never_came_is_unknown(system: System) -> None:
    with pytest.raises((BackendRefused, StatusNotTold)) as answer:
        asyncio.run(system.backend.status(str(uuid4())))
    assert str(answer.value) == "unknown_intake" or not system.tells_status


def test_withdrawal_and_its_repetition_erase_or_tell_once_or_are_refused_for_good(system: System) -> None:
    payload = system.waiting(an_intake())
    asyncio.run(system.put(payload))
    for _ in range(2):
        if system.backend.withdrawal is Withdrawal.IMPOSSIBLE:
            with pytest.raises(WithdrawalImpossible) as refusal:
                system.withdraw(payload, Purpose.INTAKE)
            assert (refusal.value.code, system.arrived()) == ("withdrawal_impossible", [payload])
        else:
            erases = system.backend.withdrawal is Withdrawal.ERASES
            outcome = {"case": "erased" if erases else "told", "appointment": "none", "interpreter": "none"}
            assert system.withdraw(payload, Purpose.INTAKE) == outcome
            event = {"type": "consent.withdrawn", "data": {"external_id": payload["external_id"], "purpose": "intake"}}
            assert system.told() == ([] if erases else [event])


# Where it is a message or a submission to somebody else, it is the recipient who has to remember.
@pytest.mark.parametrize("system", ["memory", "bundled", "file_drop", "file_drop_with_receipts"], indirect=True)
def test_withdrawn_intake_that_comes_late_is_refused_for_good(system: System) -> None:
    payload = system.waiting(an_intake())
    system.withdraw(payload, Purpose.INTAKE)
    with pytest.raises(BackendRefused) as refusal:
        asyncio.run(system.backend.put_intake(payload))
    assert (refusal.value.code, [document for document in system.arrived() if document == payload]) == ("withdrawn", [])


def test_withdrawal_of_a_part_leaves_the_case(system: System) -> None:
    payload = system.waiting(an_intake())
    asyncio.run(system.put(payload))
    if system.backend.withdrawal is Withdrawal.IMPOSSIBLE:
        with pytest.raises(WithdrawalImpossible):
            system.withdraw(payload, Purpose.APPOINTMENT)
    else:
        case = "kept" if system.backend.withdrawal is Withdrawal.ERASES else "told"
        assert system.withdraw(payload, Purpose.APPOINTMENT)["case"] == case
    intakes = [document for document in system.arrived() if document.get("external_id") == payload["external_id"]]
    assert len(intakes) == 1


def test_one_content_has_one_spelling() -> None:
    payload = an_intake()
    assert encoded(payload) == encoded(dict(reversed(payload.items())))


def test_receiver_that_is_away_is_tried_later() -> None:
    backend = SignedWebhook(unpooled(), f"http://127.0.0.1:{free_port()}", [SECRET], now)
    with pytest.raises(BackendUnavailable):
        asyncio.run(backend.put_intake(an_intake()))

"""An invented intake, as the outbox keeps it and as recipients read it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jwe

from actions.adapters.files import FileContent
from actions.adapters.http import client
from actions.model import slots
from actions.model.answer import Answer, Answers
from actions.model.consent import Consent, Purpose
from actions.model.intake import build, delivery_key
from actions.model.questions import Journey
from actions.runtime import ROOT
from actions.services.ports import Ledger, OutboxItem
from tests.receivers import key_pair

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


def unpooled(base_url: str = "", **kwargs: Any) -> httpx.AsyncClient:
    """Our client without kept connections: every test runs in a loop of its own."""
    return client(base_url, limits=httpx.Limits(max_keepalive_connections=0), **kwargs)


def an_intake(name: str = "Erfundene Person") -> dict[str, Any]:
    intake_id, granted = str(uuid4()), NOW.isoformat(timespec="seconds")
    consent = Consent(str(uuid4()), intake_id, Purpose.INTAKE, "Stelle", "intake-1", "0" * 64, "ar", granted, "web")
    answers = Answers(
        {
            slots.NAME: Answer.said(None, name, "ar").to_slot(),
            slots.GOAL: Answer.said(None, "شقة لعائلتي", "ar").to_slot(),
            slots.AREAS: Answer.chosen(["housing"]).to_slot(),
        }
    )
    return build(
        intake_id=intake_id,
        tenant="duesseldorf",
        channel="web",
        language="ar",
        answers=answers,
        journey=Journey(FileContent(ROOT, "duesseldorf").leitfaden),
        consents=[consent],
        at=NOW,
    )


def waiting(ledger: Ledger, payload: dict[str, Any]) -> dict[str, Any]:
    """The intake, put into the outbox, which is where references live."""
    intake_id = payload["external_id"]
    consent = Consent(str(uuid4()), intake_id, Purpose.INTAKE, "Stelle", "t", "0" * 64, "ar", NOW.isoformat(), "web")
    ledger.record_consent(consent)
    ledger.submit(intake_id, intake_id, [consent], [OutboxItem(delivery_key(payload), intake_id, "intake", payload)], NOW)
    return payload


def opened(folder: Path) -> list[dict[str, Any]]:
    """What the recipient of the folder reads."""
    algorithms = ["RSA-OAEP-256", "A256GCM"]
    files = sorted(folder.iterdir())
    return [
        json.loads(jwe.decrypt_compact(file.read_text(), key_pair("enc-1", "enc"), algorithms=algorithms).plaintext or b"")
        for file in files
    ]

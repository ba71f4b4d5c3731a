"""CaseBackend shaped after FIT-Connect, the delivery service of German administrations (docs/handover.md).

Made from its public documentation and tested against the rules stated there; never run against the real service.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Optional

import httpx

from actions.adapters.fit_connect_events import ACCEPT, REJECT, SUBMIT, Event, EventKeys, verified
from actions.adapters.http import Missing, Unauthorised, call, decoded
from actions.adapters.intake_contract import encoded, schema_id
from actions.adapters.sealing import seal
from actions.model.appointment import CaseStatus
from actions.model.consent import Purpose, Withdrawal
from actions.model.errors import BackendRefused, BackendUnavailable, ReceiptPending, StatusNotTold, WithdrawalImpossible
from actions.model.intake import delivery_key
from actions.services.clock import Clock
from actions.services.ports import References

METADATA_SCHEMA = "https://schema.fitko.de/fit-connect/metadata/2.1.0/metadata.schema.json"
EVENTS_AT_ONCE = 500


@dataclass(frozen=True)
class Client:
    """Who sends: the OAuth client and where it gets its tokens."""

    token_url: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Destination:
    """Where to: the delivery point, what it is responsible for, and its public keys."""

    destination_id: str
    service: str
    service_name: str
    keys: EventKeys


@dataclass
class _Submission:
    """What is kept of a submission; ``tags`` are the authentication tags of what was sent, (metadata, data) per try."""

    submission_id: str
    tags: list[list[str]]

    @classmethod
    def read(cls, text: str) -> _Submission:
        return cls(**json.loads(text))


class FitConnect:
    """Announce, submit, and ask for the signed receipt until it comes."""

    withdrawal = Withdrawal.IMPOSSIBLE

    def __init__(
        self, http: httpx.AsyncClient, sender: Client, destination: Destination, references: References, clock: Clock
    ) -> None:
        """``http`` has the address of the submission service as its base."""
        self._http, self._sender, self._to, self._references, self._clock = http, sender, destination, references, clock
        self._token, self._token_ends = "", clock()

    async def put_intake(self, payload: dict[str, Any]) -> None:
        data, key = encoded(payload), delivery_key(payload)
        known = (await asyncio.to_thread(self._references.references, payload["external_id"])).get(key)
        submission = _Submission.read(known) if known else None
        if submission is not None:
            # None: never completed, and deleted by the service meanwhile.
            events = await self._events(submission)
            if events is None:
                submission = None
            elif _acknowledged(events):
                return
        if submission is None:
            submission = await self._announce()
        await self._submit(submission, payload["external_id"], key, data)
        raise ReceiptPending("submitted")

    async def status(self, external_id: str) -> CaseStatus:
        known = await asyncio.to_thread(self._references.references, external_id)
        if not known:
            raise BackendRefused("unknown_intake")
        events = await self._events(_Submission.read(list(known.values())[-1]))
        accepted = next((event for event in events or () if event.name == ACCEPT), None)
        if accepted is None:
            raise StatusNotTold(external_id)
        return CaseStatus("received", None, accepted.at.isoformat(timespec="seconds"), None)

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        # The service deletes what was never completed, but has no call for what was submitted.
        raise WithdrawalImpossible

    async def _announce(self) -> _Submission:
        body = {
            "destinationId": self._to.destination_id,
            "announcedAttachments": [],
            "publicService": {"identifier": self._to.service, "name": self._to.service_name},
        }
        answer = decoded(await self._call("POST", "v2/submissions", json=body))
        return _Submission(str(answer["submissionId"]), [])

    async def _submit(self, submission: _Submission, case: str, key: str, data: bytes) -> None:
        recipient = self._to.keys.encryption
        sealed = {"encryptedMetadata": seal(_metadata(data), recipient), "encryptedData": seal(data, recipient)}
        submission.tags.append([text.rsplit(".", 1)[1] for text in sealed.values()])
        # Before it is sent: whatever happens now, the next try asks for this submission first.
        await asyncio.to_thread(self._references.refer, key, json.dumps(submission.__dict__))
        if key not in await asyncio.to_thread(self._references.references, case):
            # Withdrawn meanwhile; once it is submitted, nobody can call it back.
            raise BackendRefused("withdrawn")
        try:
            await self._call("PUT", f"v2/submissions/{submission.submission_id}", json=sealed)
        except BackendRefused:
            # Refused because an earlier try had arrived after all?
            if any(event.name == SUBMIT for event in await self._events(submission) or ()):
                return
            raise

    async def _events(self, submission: _Submission) -> Optional[list[Event]]:
        """What has verifiably happened, oldest first; None if the service does not know the submission."""
        path = f"v2/submissions/{submission.submission_id}/events"
        try:
            log = decoded(await self._call("GET", path, params={"offset": 0, "limit": EVENTS_AT_ONCE}))["eventLog"]
        except Missing:
            return None
        if not log:
            return []
        service_keys = decoded(await call(self._http, "GET", ".well-known/jwks.json"))["keys"]
        keys = self._to.keys.with_service(service_keys)
        found = (verified(token, submission.submission_id, self._to.destination_id, keys) for token in log)
        return [
            event
            for event in found
            if event is not None and (event.name != ACCEPT or event.tags is None or list(event.tags) in submission.tags)
        ]

    async def _call(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        if self._clock() >= self._token_ends:
            await self._authenticate()
        try:
            return await call(self._http, method, path, headers={"Authorization": f"Bearer {self._token}"}, **kwargs)
        except Unauthorised:
            self._token_ends = self._clock()
            raise

    async def _authenticate(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._sender.client_id,
            "client_secret": self._sender.client_secret,
        }
        try:
            answer = decoded(await call(self._http, "POST", self._sender.token_url, data=form))
            self._token, seconds = str(answer["access_token"]), float(answer["expires_in"])
        except BackendRefused as error:
            # About our credentials, not about the content.
            raise BackendUnavailable(f"token {error.code}") from error
        self._token_ends = self._clock() + timedelta(seconds=max(0.0, seconds - 30))


def _acknowledged(events: list[Event]) -> bool:
    """Whether the recipient has accepted. Raises BackendRefused and ReceiptPending."""
    names = {event.name for event in events}
    if ACCEPT in names:
        return True
    if REJECT in names:
        raise BackendRefused("rejected")
    if SUBMIT in names:
        raise ReceiptPending("submitted")
    return False


def _metadata(data: bytes) -> bytes:
    """The metadata set: what the data set is, and a hash by which the recipient sees that nobody exchanged it."""
    return json.dumps(
        {
            "$schema": METADATA_SCHEMA,
            "contentStructure": {
                "attachments": [],
                "data": {
                    "hash": {"type": "sha512", "content": hashlib.sha512(data).hexdigest()},
                    "submissionSchema": {"schemaUri": schema_id(), "mimeType": "application/json"},
                },
            },
        }
    ).encode()

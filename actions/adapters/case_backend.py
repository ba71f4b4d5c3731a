"""CaseBackend and Calendar over HTTP (contracts/backend-v1.openapi.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import httpx

from actions.adapters.http import call, client, decoded
from actions.model.appointment import Appointment, CaseStatus, Slot
from actions.model.consent import Purpose, Withdrawal
from actions.model.errors import BackendRefused, SlotTaken


class HttpCaseBackend:
    """One backend that is both: where cases go and where appointments are kept. Calls take three seconds at most."""

    withdrawal = Withdrawal.ERASES

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    def at(cls, base_url: str, token: str) -> HttpCaseBackend:
        """A backend by its address."""
        return cls(client(base_url.rstrip("/") + "/api/v1/", headers={"Authorization": f"Bearer {token}"}))

    async def put_intake(self, payload: dict[str, Any]) -> None:
        external_id = payload["external_id"]
        key = f"{external_id}:{payload['revision']}"
        await self._call("PUT", f"intakes/{external_id}", json=payload, headers={"Idempotency-Key": key})

    async def status(self, external_id: str) -> CaseStatus:
        data = await self._call("GET", f"intakes/{external_id}")
        appointment = Appointment.from_json(data["appointment"]) if data["appointment"] else None
        return CaseStatus(data["state"], data["reason"], data["changed_at"], appointment)

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        answer: dict[str, str] = await self._call("DELETE", f"intakes/{external_id}/consents/{purpose.value}")
        return answer

    async def free_slots(self, language: str, interpreter: bool, after: Optional[str], limit: int) -> list[Slot]:
        query: dict[str, Any] = {"language": language, "interpreter": interpreter, "limit": limit}
        if after:
            query["from"] = after
        data = await self._call("GET", "slots", params=query)
        # "from" includes its own moment; the page after a slot begins behind it.
        return [slot for slot in map(Slot.from_json, data["slots"]) if slot.starts_at != after]

    async def hold(self, appointment_id: str, slot: Slot, external_id: str, language: str, interpreter: bool) -> Appointment:
        body = {"slot_id": slot.slot_id, "external_id": external_id, "language": language, "interpreter": interpreter}
        return Appointment.from_json(await self._call("PUT", f"appointments/{appointment_id}", json=body))

    async def confirm(self, appointment_id: str) -> Appointment:
        return Appointment.from_json(await self._call("POST", f"appointments/{appointment_id}/confirm"))

    async def release(self, appointment_id: str) -> None:
        await self._call("DELETE", f"appointments/{appointment_id}")

    async def _call(self, method: str, path: str, **kwargs: Any) -> Any:
        try:
            response = await call(self._client, method, path, **kwargs)
        except BackendRefused as error:
            if error.code == "slot_taken":
                raise SlotTaken(error.code) from error
            raise
        return decoded(response) if response.content else None

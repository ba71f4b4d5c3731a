"""CaseBackend over a signed webhook (docs/handover.md), headers and signature after the Standard Webhooks convention."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from actions.adapters.http import call
from actions.adapters.intake_contract import TOLD, encoded, withdrawal
from actions.model.appointment import CaseStatus
from actions.model.consent import Purpose, Withdrawal, withdrawal_key
from actions.model.errors import StatusNotTold
from actions.model.intake import delivery_key
from actions.services.clock import Clock

SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, not a secret
SECRET_BYTES = range(24, 65)


class SignedWebhook:
    """Posts every intake and every withdrawal to one address. A 2xx is the acknowledgement; what becomes of it is not told."""

    withdrawal = Withdrawal.TELLS

    def __init__(self, client: httpx.AsyncClient, url: str, secrets: Sequence[bytes], clock: Clock) -> None:
        """``secrets`` all sign, so that the receiver can change to a new one."""
        self._client, self._url, self._secrets, self._clock = client, url, tuple(secrets), clock

    async def put_intake(self, payload: dict[str, Any]) -> None:
        await self._post(delivery_key(payload), encoded(payload))

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        await self._post(withdrawal_key(external_id, purpose), withdrawal(external_id, purpose))
        return TOLD

    async def status(self, external_id: str) -> CaseStatus:
        raise StatusNotTold(external_id)

    async def _post(self, name: str, body: bytes) -> None:
        moment = int(self._clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": name,
            "webhook-id": name,
            "webhook-timestamp": str(moment),
            "webhook-signature": " ".join(signature(secret, name, moment, body) for secret in self._secrets),
        }
        await call(self._client, "POST", self._url, content=body, headers=headers)


def signature(secret: bytes, name: str, moment: int, body: bytes) -> str:
    """The signature of a message over its name, its time and its bytes."""
    digest = hmac.new(secret, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def secret_bytes(text: str) -> bytes:
    """A secret as the receiver shows it (``whsec_`` and Base64, 24 to 64 bytes). Raises ValueError."""
    try:
        secret = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(SECRET_PREFIX) or len(secret) not in SECRET_BYTES:
        raise ValueError(f"not {SECRET_PREFIX} and 24 to 64 bytes in Base64")
    return secret

"""CaseBackend over a folder that the recipient empties (docs/handover.md): one sealed file per intake, revision or withdrawal."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional

from joserfc.jwk import RSAKey

from actions.adapters.intake_contract import TOLD, encoded, withdrawal
from actions.adapters.sealing import seal
from actions.model.appointment import CaseStatus
from actions.model.consent import Purpose, Withdrawal, withdrawal_key
from actions.model.errors import BackendRefused, BackendUnavailable, ReceiptPending, StatusNotTold
from actions.model.intake import delivery_key
from actions.services.ports import References

SEALED = ".jwe"
RECEIVED = ".received"
REFUSED = ".refused"


class FileDrop:
    """Writes each intake once; with a folder for receipts it has arrived when the recipient says so there."""

    withdrawal = Withdrawal.TELLS

    def __init__(self, folder: Path, key: RSAKey, references: References, receipts: Optional[Path] = None) -> None:
        self._folder, self._key, self._references, self._receipts = folder, key, references, receipts

    async def put_intake(self, payload: dict[str, Any]) -> None:
        content = encoded(payload)
        try:
            await asyncio.to_thread(self._put, payload, content)
        except OSError as error:
            raise BackendUnavailable(type(error).__name__) from error

    async def withdraw(self, external_id: str, purpose: Purpose) -> Mapping[str, str]:
        try:
            await asyncio.to_thread(self._withdraw, external_id, purpose)
        except OSError as error:
            raise BackendUnavailable(type(error).__name__) from error
        return TOLD

    async def status(self, external_id: str) -> CaseStatus:
        raise StatusNotTold(external_id)

    def _put(self, payload: dict[str, Any], content: bytes) -> None:
        key = delivery_key(payload)
        name = f"{payload['external_id']}-{payload['revision']}"
        written = self._references.references(payload["external_id"])
        if withdrawal_key(payload["external_id"], Purpose.INTAKE) in written:
            raise BackendRefused("withdrawn")
        # The recipient takes the file away before it answers; what was written once is not written again.
        if key not in written:
            self._write(name + SEALED, seal(content, self._key))
            self._references.refer(key, name)
        if self._receipts is None or (self._receipts / (name + RECEIVED)).exists():
            return
        if (self._receipts / (name + REFUSED)).exists():
            raise BackendRefused("rejected")
        raise ReceiptPending("no receipt yet")

    def _withdraw(self, external_id: str, purpose: Purpose) -> None:
        key, name = withdrawal_key(external_id, purpose), f"{external_id}-withdrawn-{purpose.value}"
        if key not in self._references.references(external_id):
            self._write(name + SEALED, seal(withdrawal(external_id, purpose), self._key))
            self._references.refer(key, name)
        if purpose is Purpose.INTAKE:
            for intake in self._folder.glob(f"{external_id}-[0-9]*{SEALED}"):
                intake.unlink(missing_ok=True)

    def _write(self, name: str, sealed: str) -> None:
        handle, part = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                os.fchmod(file.fileno(), 0o640)
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self._folder / name)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        directory = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

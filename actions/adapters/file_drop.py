"""CaseBackend over a folder that the recipient empties (docs/handover.md): one sealed file per intake and revision."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any, Optional

from joserfc.jwk import RSAKey

from actions.adapters.intake_contract import encoded
from actions.adapters.sealing import seal
from actions.model.appointment import CaseStatus
from actions.model.errors import BackendRefused, BackendUnavailable, ReceiptPending, StatusNotTold
from actions.model.intake import delivery_key
from actions.services.ports import References

SEALED = ".jwe"
RECEIVED = ".received"
REFUSED = ".refused"


class FileDrop:
    """Writes each intake once; with a folder for receipts it has arrived when the recipient says so there."""

    def __init__(self, folder: Path, key: RSAKey, references: References, receipts: Optional[Path] = None) -> None:
        self._folder, self._key, self._references, self._receipts = folder, key, references, receipts

    async def put_intake(self, payload: dict[str, Any]) -> None:
        content = encoded(payload)
        try:
            await asyncio.to_thread(self._put, payload, content)
        except OSError as error:
            raise BackendUnavailable(type(error).__name__) from error

    async def status(self, external_id: str) -> CaseStatus:
        raise StatusNotTold(external_id)

    def _put(self, payload: dict[str, Any], content: bytes) -> None:
        key = delivery_key(payload)
        name = f"{payload['external_id']}-{payload['revision']}"
        # The recipient takes the file away before it answers; what was written once is not written again.
        if key not in self._references.references(payload["external_id"]):
            self._write(name + SEALED, seal(content, self._key))
            self._references.refer(key, name)
        if self._receipts is None or (self._receipts / (name + RECEIVED)).exists():
            return
        if (self._receipts / (name + REFUSED)).exists():
            raise BackendRefused("rejected")
        raise ReceiptPending("no receipt yet")

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

"""The worker: ``python -m actions.worker``. Delivers the outbox, reports dead letters, purges, and warns owners."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Optional

from actions.adapters.files import ContentError
from actions.model.errors import LedgerUnavailable
from actions.model.upkeep import Dated, due
from actions.runtime import Runtime, Settings
from actions.services.ports import OutboxDesk
from actions.settings import SettingsError

logger = logging.getLogger("actions.worker")

PAUSE_SECONDS = 1.0
DAYS_PER_MONTH = 30


async def work(runtime: Runtime, stop: asyncio.Event, heartbeat: Optional[Path] = None) -> None:
    """Deliver and purge in turns until ``stop`` is set. A database that is away is waited for."""
    warned_on = None
    while not stop.is_set():
        if warned_on != (today := runtime.local_time().date()):
            warned_on = today
            warn_owners(runtime.dated, today)
        try:
            for done in await runtime.delivery.deliver_due():
                logger.info("%s: %s", done.kind, "arrived" if done.arrived else "refused" if done.refused else "later")
            await asyncio.to_thread(report_dead_letters, runtime.ledger, runtime.clock())
            retention, now = runtime.content.profile.retention, runtime.clock()
            proof = timedelta(days=retention.consent_proof_months * DAYS_PER_MONTH)
            await asyncio.to_thread(runtime.ledger.purge_withdrawn, now - proof)
            drafts = await asyncio.to_thread(runtime.ledger.purge_drafts, now - timedelta(hours=retention.intake_draft_hours))
            if drafts:
                logger.info("deleted %s consents without a submission", drafts)
            if heartbeat:
                heartbeat.touch()
        except LedgerUnavailable as error:
            logger.error("the ledger is not available: %s", error)
        try:
            await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
        except asyncio.TimeoutError:
            continue


def report_dead_letters(desk: OutboxDesk, now: datetime) -> None:
    """One incident line for each dead letter, once; a crash in between says it twice rather than never."""
    for entry in desk.unreported():
        logger.error("incident %s: dead letter %s: %s", secrets.token_hex(3).upper(), entry.key, entry.error)
        desk.reported(entry.key, now)


def warn_owners(dated: Sequence[Dated], today: date) -> None:
    """Say once a day to each owner what of theirs has expired or soon will; names of files and entries, nothing of people."""
    for owner in due(dated, today):
        expired, soon = ([item.name for item in items] for items in (owner.expired, owner.soon))
        logger.warning("%s: expired: %s; soon: %s", owner.owner, ", ".join(expired) or "-", ", ".join(soon) or "-")


async def _main() -> None:
    settings = Settings.from_environment()
    runtime = Runtime.from_settings(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    logger.info("the worker is ready")
    await work(runtime, stop, settings.heartbeat)


def main() -> int:
    """Run; 1 with a message if the worker cannot start."""
    logging.basicConfig(level=os.environ.get("LOTSE_LOG_LEVEL", "INFO"), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # would write an address with a case id for every call
    try:
        asyncio.run(_main())
    except (SettingsError, ContentError) as error:
        print(f"The worker does not start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

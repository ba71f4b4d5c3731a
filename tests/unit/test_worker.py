"""The worker deletes drafts after the hours that the municipality's profile says."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, cast

from actions.adapters.files import FileContent
from actions.runtime import Runtime
from actions.worker import work
from tests.conftest import ROOT

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


def test_drafts_go_after_the_hours_of_the_profile() -> None:
    stop, limits = asyncio.Event(), []

    def purge_drafts(older_than: datetime) -> int:
        limits.append(older_than)
        return 0

    async def deliver_due() -> list[Any]:
        stop.set()
        return []

    runtime = SimpleNamespace(
        content=SimpleNamespace(profile=SimpleNamespace(draft_hours=7)),
        ledger=SimpleNamespace(purge_drafts=purge_drafts, unreported=lambda: ()),
        delivery=SimpleNamespace(deliver_due=deliver_due),
        clock=lambda: NOW,
        local_time=lambda: NOW,
        dated=(),
    )
    asyncio.run(work(cast(Runtime, runtime), stop))
    assert limits == [NOW - timedelta(hours=7)]


def test_profile_says_how_long_drafts_live() -> None:
    assert FileContent(ROOT, "duesseldorf").profile.draft_hours == 24

"""The worker deletes what is past the time that the municipality's profile says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any, cast

from actions.adapters.files import FileContent
from actions.model.content import Retention
from actions.runtime import Runtime
from actions.worker import work
from tests.conftest import ROOT

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


def test_drafts_and_withdrawn_consents_go_after_the_time_of_the_profile() -> None:
    stop, limits = asyncio.Event(), {}

    def purge(what: str) -> Callable[[datetime], int]:
        def noted(older_than: datetime) -> int:
            limits[what] = older_than
            return 0

        return noted

    async def deliver_due() -> list[Any]:
        stop.set()
        return []

    runtime = SimpleNamespace(
        content=SimpleNamespace(profile=SimpleNamespace(retention=Retention(24, 7, 2))),
        ledger=SimpleNamespace(purge_drafts=purge("drafts"), purge_withdrawn=purge("withdrawn"), unreported=lambda: ()),
        delivery=SimpleNamespace(deliver_due=deliver_due),
        clock=lambda: NOW,
        local_time=lambda: NOW,
        dated=(),
    )
    asyncio.run(work(cast(Runtime, runtime), stop))
    assert limits == {"drafts": NOW - timedelta(hours=7), "withdrawn": NOW - timedelta(days=60)}


def test_profile_says_how_long_things_are_kept() -> None:
    assert FileContent(ROOT, "duesseldorf").profile.retention == Retention(24, 24, 36)

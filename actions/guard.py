"""The one decorator around every action: Rasa swallows what actions raise, so it is answered here.

Nothing of the content is logged: an incident number, the action, the kind of error and where it happened.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.model.slots import REQUESTED

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 8.0

Run = Callable[..., Awaitable[list[EventType]]]


def guarded(run: Run) -> Run:
    """Answer any failure honestly, in the person's language, and keep the open question open."""

    @functools.wraps(run)
    async def safely(self: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        try:
            return await asyncio.wait_for(run(self, dispatcher, tracker, domain), BUDGET_SECONDS)
        except Exception as error:  # noqa: BLE001 - this is the place where nothing may pass
            incident = secrets.token_hex(3).upper()
            where = traceback.extract_tb(error.__traceback__)[-1]
            logger.error(
                "incident %s: %s in %s, %s:%s", incident, type(error).__name__, self.name(), where.filename, where.lineno
            )
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_technical_problem", args={"incident": incident})
            return _keep_open(self.name(), tracker)

    return safely


def _keep_open(action: str, tracker: Tracker) -> list[EventType]:
    requested = tracker.get_slot(REQUESTED)
    # A form whose validation fills nothing is rejected, and the rules would answer as if the person had changed the subject.
    return [SlotSet(requested, None)] if action.startswith("validate_") and requested else []

"""How the bot reaches the action server: with a few quick retries, and an honest answer when it is gone.

Rasa logs a lost action server and goes on in silence. Actions may be repeated, because every effect carries its own key
(DESIGN.md, rule 6); so a call that found nobody is tried again before the person is told.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any, Optional

import aiohttp
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

logger = logging.getLogger(__name__)

PAUSES = (0.2, 0.6, 1.5)
SECONDS = 10.0


def validate_with_compiled_schema() -> None:
    """Let Rasa check what actions answer against its schema without checking the schema itself at every call (20 ms each).

    Rasa has no seam here, so its method is replaced; a test notices when Rasa's own changes.
    """
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validated(self: RemoteAction, result: Any) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validated


class ActionEndpoint(EndpointConfig):
    """The action server's endpoint."""

    async def request(self, method: str = "post", *args: Any, **kwargs: Any) -> Optional[Any]:
        """The action server's answer; if there is none, one that says so and keeps the open question open."""
        body = kwargs.get("json") or {}
        kwargs["timeout"] = aiohttp.ClientTimeout(total=SECONDS)
        for pause in (*PAUSES, None):
            try:
                return await super().request(method, *args, **kwargs)
            except (aiohttp.ClientConnectionError, asyncio.TimeoutError, ClientResponseError) as error:
                if isinstance(error, ClientResponseError) and error.status < 500:
                    raise
                if pause is None:
                    return _technical_problem(body, type(error).__name__)
                await asyncio.sleep(pause)
        return None


def _technical_problem(body: dict[str, Any], reason: str) -> dict[str, Any]:
    incident = secrets.token_hex(3).upper()
    action = str(body.get("next_action"))
    logger.error("incident %s: action server not available (%s), action %s", incident, reason, action)
    requested = (body.get("tracker") or {}).get("slots", {}).get("requested_slot")
    events = []
    if action.startswith("validate_") and requested:
        # A form whose validation fills nothing is rejected, and the rules would answer as if the subject had changed.
        events.append({"event": "slot", "name": requested, "value": None, "timestamp": None})
    return {"events": events, "responses": [{"response": "utter_technical_problem", "args": {"incident": incident}}]}

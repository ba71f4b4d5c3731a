"""Starts the bot: ``python -m bot.server``. Rasa's own HTTP API stays off; only our channels are served.

Rasa goes on in memory when a class path is wrong or the database is lost, and without a model when there is none.
Here each of these stops the start with one line that says why.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from bot.settings import PURGE_EVERY_SECONDS, ROOT, Municipality, SettingsError, needed
from bot.without_tensorflow import leave_tensorflow_out

logger = logging.getLogger("bot.server")


def load_agent(model: Path) -> Any:
    """The agent with our store, answers and action endpoint. Raises SettingsError."""
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.core.domain import Domain
    from rasa.shared.utils.common import class_from_module_path

    from bot.action_endpoint import ActionEndpoint, validate_with_compiled_schema
    from bot.agent import ConversationAgent
    from bot.lock_store import ConversationLocks
    from bot.nlg import GettextNLG
    from bot.tracker_store import ConversationStore

    validate_with_compiled_schema()
    os.environ["LOTSE_LOCKS_URL"] = os.environ.get("LOTSE_LOCKS_URL") or needed("LOTSE_CONVERSATIONS_URL")
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    expectations = (
        (endpoints.nlg, GettextNLG),
        (endpoints.tracker_store, ConversationStore),
        (endpoints.lock_store, ConversationLocks),
    )
    for endpoint, expected in expectations:
        try:
            found = class_from_module_path(endpoint.type)
        except (ImportError, AttributeError, TypeError) as error:
            raise SettingsError(f"endpoints.yml: {error}") from error
        if not issubclass(found, expected):
            raise SettingsError(f"endpoints.yml: {endpoint.type} is not a {expected.__name__}")
    keys = needed("LOTSE_CONVERSATION_KEYS").split(",")
    store = class_from_module_path(endpoints.tracker_store.type).open(endpoints.tracker_store.url, keys, Domain.empty())
    locks = class_from_module_path(endpoints.lock_store.type).open(endpoints.lock_store.url)
    # No action of ours reads the domain: it is not sent along.
    actions = ActionEndpoint(endpoints.action.url, enable_selective_domain=True)
    agent = ConversationAgent(generator=endpoints.nlg, action_endpoint=actions, lock_store=locks)
    # Not through Rasa's fail-safe wrapper: a conversation that cannot be kept must be seen to fail.
    agent.tracker_store = store
    try:
        agent.load_model(model)
    except Exception as error:
        raise SettingsError(f"the model {model.name} cannot be loaded: {error}") from error
    if not agent.is_ready():
        raise SettingsError(f"the model {model.name} is not complete")
    return agent


def newest_model(directory: Path) -> Path:
    """The newest model of a folder. Raises SettingsError if there is none."""
    models = sorted(directory.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SettingsError(f"no model in {directory}; train one first")
    return models[-1]


async def _purge_for_ever(agent: Any, seconds: int) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            removed = await loop.run_in_executor(None, agent.tracker_store.purge, seconds)
            if removed:
                logger.info("deleted %s turns of conversations older than %s seconds", removed, seconds)
            await loop.run_in_executor(None, agent.lock_store.purge)
        except Exception as error:  # noqa: BLE001 - a database that is away now must not end the purge for ever
            logger.error("old conversations are deleted later: %s", type(error).__name__)
        await asyncio.sleep(PURGE_EVERY_SECONDS)


def create_app() -> Any:
    """The web application, ready to run. Raises SettingsError."""
    from rasa.core.run import configure_app
    from sanic.response import json as json_response

    from bot.channels.web import WebChannel, refuse

    agent = load_agent(newest_model(Path(needed("LOTSE_MODELS"))))
    municipality = Municipality.load()
    channel = WebChannel(
        needed("LOTSE_SECRET").encode(),
        conversations_per_minute=int(os.environ.get("LOTSE_CONVERSATIONS_PER_MINUTE", "60")),
        messages_per_minute=int(os.environ.get("LOTSE_MESSAGES_PER_MINUTE", "40")),
    )
    app = configure_app([channel], enable_api=False, route="/")
    app.config.ACCESS_LOG = False
    app.config.REQUEST_MAX_SIZE = 64 * 1024
    app.ctx.agent = agent
    app.error_handler.add(Exception, refuse)

    async def healthy(request: Any) -> Any:
        return json_response({"status": "ok"})

    app.add_route(healthy, "/healthz")
    app.add_task(_purge_for_ever(agent, municipality.conversation_seconds))
    return app


def main() -> int:
    """Run until told to stop; 1 with a message if the bot cannot start."""
    leave_tensorflow_out()
    logging.basicConfig(level=os.environ.get("LOTSE_LOG_LEVEL", "INFO"), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    from rasa.utils.log_utils import configure_structlog

    # Rasa logs whole messages and slots below this level.
    configure_structlog(logging.ERROR)
    # Deprecations inside Rasa's frozen dependencies; nothing that whoever starts the bot could act on.
    warnings.simplefilter("ignore")
    try:
        app = create_app()
    except SettingsError as error:
        print(f"The bot does not start: {error}", file=sys.stderr)
        return 1
    app.run(
        host=os.environ.get("LOTSE_BOT_HOST", "127.0.0.1"), port=int(os.environ.get("LOTSE_BOT_PORT", "8050")), access_log=False
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

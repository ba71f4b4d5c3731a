"""Starts the action server: ``python -m actions.server``. It listens where only the bot can reach it.

rasa-sdk's own start listens on all interfaces; an action server answers whoever asks (rasa_sdk/endpoint.py).
"""

from __future__ import annotations

import logging
import os
import sys

from actions.adapters.files import ContentError
from actions.runtime import runtime
from actions.settings import SettingsError


def main() -> int:
    """Run until told to stop; 1 with a message if the action server cannot start."""
    from rasa_sdk import endpoint
    from rasa_sdk.executor import ActionExecutor

    logging.basicConfig(level=os.environ.get("LOTSE_LOG_LEVEL", "INFO"), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # would write an address with a case id for every call
    try:
        runtime().ledger.purge_drafts(runtime().clock().replace(year=2000))
    except (SettingsError, ContentError) as error:
        print(f"The action server does not start: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - whatever the driver says, the start must stop with one clear line
        print(f"The action server does not start: the ledger is not usable ({type(error).__name__})", file=sys.stderr)
        return 1
    executor = ActionExecutor()
    executor.register_package("actions")
    app = endpoint.create_app(executor)
    host, port = os.environ.get("LOTSE_ACTIONS_HOST", "127.0.0.1"), int(os.environ.get("LOTSE_ACTIONS_PORT", "5055"))
    app.run(host=host, port=port, workers=1, access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())

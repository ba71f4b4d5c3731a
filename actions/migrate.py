"""Brings the ledger to the newest schema: ``python -m actions.migrate``."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from actions.runtime import Settings
from actions.settings import SettingsError


def migrate(url: str) -> None:
    """Upgrade the ledger at a database URL."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def main() -> int:
    try:
        migrate(Settings.from_environment().ledger_url)
    except SettingsError as error:
        print(f"The ledger is not migrated: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

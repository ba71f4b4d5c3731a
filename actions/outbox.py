"""The outbox by hand: ``python -m actions.outbox list | show-error KEY | replay KEY | drop KEY | encrypt-anew``.

Shows keys, ages, attempts and error codes, never anything of the content.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from actions.model.errors import LedgerUnavailable
from actions.services.clock import utc_now
from actions.services.ports import OutboxDesk, OutboxEntry
from actions.settings import SettingsError

ALL = "all"
HELP: Mapping[str, str] = {
    "list": "what has not arrived: dead letters, and what waits",
    "show-error": "one item with its times and its last error",
    "replay": "try a dead letter again (all: every one)",
    "drop": "delete a dead letter for good; its code is unknown from then on",
    "encrypt-anew": "encrypt everything with the newest of LOTSE_OUTBOX_KEYS",
}


def run(desk: OutboxDesk, arguments: Sequence[str], now: datetime) -> int:
    """Do one command and print what came of it; 1 if the key is not that of a dead letter."""
    parser = argparse.ArgumentParser(prog="python -m actions.outbox")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in HELP.items():
        command = commands.add_parser(name, help=text)
        if name in ("show-error", "replay", "drop"):
            command.add_argument("key")
    chosen = parser.parse_args(arguments)
    if chosen.command == "list":
        return _list(desk, now)
    if chosen.command == "encrypt-anew":
        print(f"{desk.encrypt_anew()} items are encrypted with the newest key")
        return 0
    if chosen.command == "show-error":
        return _show(desk, chosen.key, now)
    if chosen.command == "drop":
        return _told("dropped", chosen.key, desk.drop(chosen.key))
    keys = [entry.key for entry in desk.undelivered() if entry.buried_at] if chosen.key == ALL else [chosen.key]
    return max((_told("replayed", key, desk.replay(key, now)) for key in keys), default=0)


def _told(done: str, key: str, found: bool) -> int:
    print(f"{done}: {key}" if found else f"no dead letter: {key}", file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


def _list(desk: OutboxDesk, now: datetime) -> int:
    entries = desk.undelivered()
    dead = sum(1 for entry in entries if entry.buried_at)
    print(f"{dead} dead, {len(entries) - dead} waiting")
    for entry in entries:
        state = "dead" if entry.buried_at else "waiting"
        print(f"{state:8}{_age(now - entry.submitted_at):>8}  {entry.attempts:4} attempts  {entry.error or '-':20}  {entry.key}")
    return 0


def _show(desk: OutboxDesk, key: str, now: datetime) -> int:
    entry = next((entry for entry in desk.undelivered() if entry.key == key), None)
    if entry is None:
        print(f"nothing undelivered: {key}", file=sys.stderr)
        return 1
    for name, value in _details(entry, now):
        print(f"{name:12}{value}")
    return 0


def _details(entry: OutboxEntry, now: datetime) -> list[tuple[str, object]]:
    dead = entry.buried_at
    return [
        ("key", entry.key),
        ("kind", entry.kind),
        ("submitted", f"{entry.submitted_at:%Y-%m-%d %H:%M} UTC, {_age(now - entry.submitted_at)} ago"),
        ("attempts", entry.attempts),
        ("error", entry.error or "-"),
        ("dead since", f"{dead:%Y-%m-%d %H:%M} UTC") if dead else ("next try", f"{entry.due_at:%Y-%m-%d %H:%M} UTC"),
    ]


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


def main() -> int:
    """Run the command of the command line; 1 with a message if it cannot."""
    from actions.runtime import Settings

    try:
        return run(Settings.from_environment().ledger(), sys.argv[1:], utc_now())
    except (SettingsError, LedgerUnavailable) as error:
        print(f"The outbox cannot be reached: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

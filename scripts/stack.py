"""The whole stack in one place: ``python scripts/stack.py`` starts it, waits until it is healthy, and stops it on Ctrl-C.

Also used by the conversation and end-to-end tests and by the benchmarks, each with ports and a data folder of its own.
Needs only the standard library; the four processes run in their two environments.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

ROOT = Path(__file__).resolve().parent.parent
BOT_PYTHON = Path(os.environ.get("LOTSE_BOT_PYTHON", ROOT / ".venv/bin/python"))
BACKEND_PYTHON = Path(os.environ.get("LOTSE_BACKEND_PYTHON", ROOT / "backend/.venv/bin/python"))
SECONDS_TO_START = 90
ORDER = ("backend", "actions", "worker", "bot")


class StackError(Exception):
    """The stack does not come up; the message says which process and where its log is."""


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """Four processes, their ports and their data below one folder."""

    data: Path
    models: Path = ROOT / "var/models"
    ports: dict[str, int] = field(default_factory=lambda: {"bot": 8050, "actions": 5055, "backend": 8060})
    municipality: str = os.environ.get("LOTSE_MUNICIPALITY", "duesseldorf")
    logins: list[dict[str, str]] = field(default_factory=list)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def chat_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['bot']}/chat/"

    @property
    def staff_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['backend']}/"

    def environment(self) -> dict[str, str]:
        """The environment of all processes. Secrets are made at the first start and kept in the data folder."""
        return {
            **os.environ,
            **self._secrets(),
            "LOTSE_MUNICIPALITY": self.municipality,
            "LOTSE_MODELS": str(self.models),
            "LOTSE_BOT_PORT": str(self.ports["bot"]),
            "LOTSE_ACTIONS_PORT": str(self.ports["actions"]),
            "LOTSE_ACTIONS_URL": f"http://127.0.0.1:{self.ports['actions']}/webhook",
            "LOTSE_BACKEND_PORT": str(self.ports["backend"]),
            "LOTSE_BACKEND_URL": f"http://127.0.0.1:{self.ports['backend']}",
            "LOTSE_BACKEND_DATABASE_URL": f"sqlite:///{self.data / 'backend.db'}",
            "LOTSE_CONTRACTS_DIR": str(ROOT / "contracts"),
            "LOTSE_LEDGER_URL": f"sqlite:///{self.data / 'ledger.db'}",
            "LOTSE_CONVERSATIONS_URL": f"sqlite:///{self.data / 'conversations.db'}",
            "LOTSE_PAGES": str(self.data / "pages"),
            "LOTSE_WORKER_HEARTBEAT": str(self.data / "worker.alive"),
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "OMP_NUM_THREADS": "1",
            "PYTHONWARNINGS": "ignore",
            "PYTHONUNBUFFERED": "1",
        }

    def _secrets(self) -> dict[str, str]:
        path = self.data / "secrets.json"
        if not path.exists():
            path.touch(mode=0o600)
            made = {
                name: secrets.token_hex(32) for name in ("LOTSE_SECRET", "LOTSE_BACKEND_TOKEN", "LOTSE_BACKEND_SESSION_SECRET")
            }
            path.write_text(json.dumps(made))
        kept: dict[str, str] = json.loads(path.read_text())
        new = {name: _fernet_key() for name in ("LOTSE_OUTBOX_KEYS", "LOTSE_CONVERSATION_KEYS") if name not in kept}
        if new:
            path.write_text(json.dumps({**kept, **new}))
        return {**kept, **new}

    def prepare(self) -> None:
        """Migrate both databases and load the demo data."""
        self.data.mkdir(parents=True, exist_ok=True)
        self._once(BOT_PYTHON, "actions.migrate", ROOT)
        self._once(BACKEND_PYTHON, "casebackend", ROOT / "backend", "migrate")
        self.logins = json.loads(self._once(BACKEND_PYTHON, "casebackend", ROOT / "backend", "demo"))

    def _once(self, python: Path, module: str, folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            [str(python), "-m", module, *arguments],
            cwd=folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StackError(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def start(self, name: str) -> None:
        """Start one process; it is not yet healthy when this returns."""
        python, module, folder, *arguments = {
            "bot": (BOT_PYTHON, "bot.server", ROOT),
            "actions": (BOT_PYTHON, "actions.server", ROOT),
            "worker": (BOT_PYTHON, "actions.worker", ROOT),
            "backend": (BACKEND_PYTHON, "casebackend", ROOT / "backend", "serve"),
        }[name]
        if name != "worker" and _in_use(self.ports[name]):
            raise StackError(f"port {self.ports[name]} for {name} is in use")
        with (self.data / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [str(python), "-m", str(module), *map(str, arguments)],
                cwd=str(folder),
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, name: str) -> None:
        """Return once a process is healthy. Raises StackError if it ends or takes too long."""
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._healthy(name):
            if self._processes[name].poll() is not None or time.monotonic() > deadline:
                raise StackError(f"{name} does not start, see {self.data / f'{name}.log'}\n{self._tail(name)}")
            time.sleep(0.1)

    def _tail(self, name: str) -> str:
        return (self.data / f"{name}.log").read_text(errors="replace")[-1500:]

    def _healthy(self, name: str) -> bool:
        if name == "worker":
            alive = self.data / "worker.alive"
            return alive.exists() and time.time() - alive.stat().st_mtime < 5
        path = "health" if name == "actions" else "healthz"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}/{path}", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def up(self) -> None:
        """Prepare, start everything and wait until all is healthy."""
        self.prepare()
        (self.data / "worker.alive").unlink(missing_ok=True)
        for name in ORDER:
            self.start(name)
        for name in ORDER:
            self.wait(name)

    def kill(self, name: str) -> None:
        """End a process at once, as a crash does."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def ended(self) -> Optional[str]:
        """The name of a process that has ended by itself, if any."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def down(self) -> None:
        """Stop everything in good order."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()

    def __enter__(self) -> Stack:
        try:
            self.up()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self.down()


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def main() -> int:
    """Run the demo stack until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="default: var, for another municipality than the first var/<its id>")
    data = parser.parse_args().data
    stack = Stack(data or ROOT / "var")
    if data is None and stack.municipality != "duesseldorf":
        stack.data /= stack.municipality
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with stack:
            print(f"\nChat:         {stack.chat_url}\nStaff pages:  {stack.staff_url}")
            for login in stack.logins:
                print(f"  demo login  {login['user']:<14} {login['password']:<18} {login['name']} ({login['role']})")
            print("\nCtrl-C stops everything.", flush=True)
            while (name := stack.ended()) is None:
                time.sleep(1)
            print(f"{name} has ended, see {stack.data / f'{name}.log'}", file=sys.stderr)
            return 1
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
        return 0


if __name__ == "__main__":
    sys.exit(main())

"""A bad line to the backend: a real proxy that refuses, loses answers, hangs up and dawdles, by chance or not at all."""

from __future__ import annotations

import http.client
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CALLS = (
    ("PUT", r"/intakes/[^/]+", "intake"),
    ("GET", r"/intakes/[^/]+", "status"),
    ("DELETE", r"/intakes/[^/]+/consents/\w+", "withdrawal"),
    ("GET", r"/slots", "times"),
    ("PUT", r"/appointments/[^/]+", "hold"),
    ("POST", r"/appointments/[^/]+/confirm", "confirmation"),
    ("DELETE", r"/appointments/[^/]+", "release"),
)
"""The calls of contracts/backend-v1.openapi.yml by the names that the counts use."""
LONGER_THAN_ANYBODY_WAITS = 3.5
"""Seconds; actions/adapters/http.py gives up after three."""


class Fault(str, Enum):
    """What the line does to a call."""

    REFUSED = "503"
    LATE = "timeout after the effect"
    CUT_BEFORE = "connection cut before the effect"
    CUT_AFTER = "connection cut after the effect"
    SLOW = "slow"


class Window(str, Enum):
    """A moment of a call: under way to the backend, or the backend has done it and nobody knows yet."""

    ASKED = "before the effect"
    DONE = "after the effect"


@dataclass
class Ambush:
    """Somebody waits for a moment of one of these calls; the call waits in it until ``over``."""

    calls: frozenset[str]
    window: Window
    call: str = ""
    """The one that came by."""
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


class FlakyLine:
    """The line between two ports of this machine. ``share`` of the calls suffer a fault; ``honest`` ends that."""

    def __init__(self, backend_port: int, share: float, chance: random.Random) -> None:
        self.backend_port, self.share, self._chance = backend_port, share, chance
        self.honest = False
        self.port = 0
        self.calls: Counter[str] = Counter()
        self.faults: Counter[Fault] = Counter()
        self.unreachable = 0
        """Calls that found no backend."""
        self._under_way: Counter[str] = Counter()
        self._ambushes: list[Ambush] = []
        self._lock = threading.Lock()

    def under_way(self) -> list[str]:
        """The calls that have no answer yet."""
        with self._lock:
            return sorted(self._under_way.elements())

    @contextmanager
    def ambush(self, calls: frozenset[str], window: Window, seconds: float) -> Iterator[str]:
        """Inside, the next of these calls stands still in that moment: its name, empty if none came by in time."""
        trap = Ambush(calls, window)
        with self._lock:
            self._ambushes.append(trap)
        try:
            trap.reached.wait(seconds)
            yield trap.call
        finally:
            with self._lock:
                if trap in self._ambushes:
                    self._ambushes.remove(trap)
            trap.over.set()

    def passes(self, call: str, window: Window) -> None:
        """Stand still where somebody waits for this moment."""
        with self._lock:
            trap = next((trap for trap in self._ambushes if call in trap.calls and trap.window is window), None)
            if trap is not None:
                self._ambushes.remove(trap)
                trap.call = call
        if trap is not None:
            trap.reached.set()
            trap.over.wait(2)

    def fault(self) -> Fault | None:
        """What happens to the next call."""
        with self._lock:
            if self.honest or self._chance.random() >= self.share:
                return None
            fault = self._chance.choice(list(Fault))
            self.faults[fault] += 1
            return fault

    @contextmanager
    def counted(self, call: str) -> Iterator[None]:
        with self._lock:
            self.calls[call] += 1
            self._under_way[call] += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way[call] -= 1

    @contextmanager
    def open(self) -> Iterator[FlakyLine]:
        """Let calls through, at ``port``."""

        class Handler(_Handler):
            line = self

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    line: FlakyLine
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        call = next(name for method, form, name in CALLS if method == self.command and re.search(f"{form}$", path))
        with self.line.counted(call):
            try:
                self._suffer(call, body)
            except OSError:
                # The other end has been killed, or no longer waits.
                self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = _pass_on

    def _suffer(self, call: str, body: bytes) -> None:
        fault = self.line.fault()
        self.line.passes(call, Window.ASKED)
        if fault is Fault.REFUSED:
            self._answer(503, b"", "text/plain")
            return
        if fault is Fault.CUT_BEFORE:
            self._hang_up()
            return
        if fault is Fault.SLOW:
            time.sleep(0.4)
        answer = self._ask_backend(body)
        if answer is None:
            self.line.unreachable += 1
            self._hang_up()
            return
        self.line.passes(call, Window.DONE)
        if fault is Fault.LATE:
            time.sleep(LONGER_THAN_ANYBODY_WAITS)
        if fault in (Fault.LATE, Fault.CUT_AFTER):
            self._hang_up()
            return
        if fault is Fault.SLOW:
            time.sleep(0.8)
        self._answer(*answer)

    def _ask_backend(self, body: bytes) -> tuple[int, bytes, str] | None:
        """Status, body and type of the backend's answer; None if it gave none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.line.backend_port, timeout=20)
        passed = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        try:
            connection.request(self.command, self.path, body or None, passed)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("Content-Type", "")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _answer(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        # Without lingering the other end gets a reset, not a decent end of the answer.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Silent."""

"""The bad line of the crash run does what its counts say, to a real server."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.stack import free_port
from tests.flaky import Fault, FlakyLine, Window
from tests.receivers import served

TOKEN = {"Authorization": "Bearer x"}


class Always(random.Random):
    """Draws one fault for every call."""

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.drawn = fault

    def choice(self, _: Any) -> Any:
        return self.drawn


@pytest.fixture
def effects() -> list[str]:
    return []


@pytest.fixture
def backend(effects: list[str]) -> Iterator[int]:
    def handle(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        assert headers["authorization"] == TOKEN["Authorization"]
        effects.append(f"{method} {path} {body.decode()}")
        return 201, {"state": "received"}

    with served(handle) as address:
        yield int(address.rpartition(":")[2])


def put(line: FlakyLine, timeout: float = 5) -> httpx.Response:
    url = f"http://127.0.0.1:{line.port}/api/v1/intakes/a"
    return httpx.put(url, content=b"{}", headers=TOKEN, timeout=timeout, trust_env=False)


@pytest.mark.parametrize(("fault", "happened"), [(Fault.CUT_BEFORE, 0), (Fault.CUT_AFTER, 1)])
def test_call_that_is_cut_has_no_answer(backend: int, effects: list[str], fault: Fault, happened: int) -> None:
    with FlakyLine(backend, 1, Always(fault)).open() as line:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            put(line)
        assert (len(effects), dict(line.faults)) == (happened, {fault: 1})


def test_late_call_has_its_effect_and_no_answer_in_time(backend: int, effects: list[str]) -> None:
    with FlakyLine(backend, 1, Always(Fault.LATE)).open() as line:
        with pytest.raises(httpx.ReadTimeout):
            put(line, timeout=1)
        assert effects == ["PUT /api/v1/intakes/a {}"]


def test_refused_call_does_not_reach_the_backend(backend: int, effects: list[str]) -> None:
    with FlakyLine(backend, 1, Always(Fault.REFUSED)).open() as line:
        assert (put(line).status_code, effects) == (503, [])


@pytest.mark.parametrize("share", [0, 1])
def test_slow_or_honest_call_is_answered_as_the_backend_did(backend: int, effects: list[str], share: int) -> None:
    with FlakyLine(backend, share, Always(Fault.SLOW)).open() as line:
        answer = put(line)
        assert (answer.status_code, answer.json(), len(effects)) == (201, {"state": "received"}, 1)
        assert (line.calls["intake"], line.faults.total()) == (1, share)


@pytest.mark.parametrize(("window", "happened"), [(Window.ASKED, 0), (Window.DONE, 1)])
def test_call_stands_still_in_the_moment_that_is_waited_for(
    backend: int, effects: list[str], window: Window, happened: int
) -> None:
    with FlakyLine(backend, 0, Always(Fault.SLOW)).open() as line:
        call = threading.Timer(0.2, put, (line,))
        call.start()
        with line.ambush(frozenset({"hold", "intake"}), window, 5) as reached:
            assert (reached, len(effects), line.under_way()) == ("intake", happened, ["intake"])
        call.join()
        assert len(effects) == 1


def test_moment_that_does_not_come_is_not_waited_for(backend: int) -> None:
    with FlakyLine(backend, 0, Always(Fault.SLOW)).open() as line:
        with line.ambush(frozenset({"withdrawal"}), Window.DONE, 0.05) as reached:
            assert reached == ""
        assert put(line).status_code == 201


def test_backend_that_is_gone_is_counted_and_looks_like_a_cut_line() -> None:
    with FlakyLine(free_port(), 0, Always(Fault.SLOW)).open() as line:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            put(line)
        assert line.unreachable == 1

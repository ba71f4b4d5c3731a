"""The contract of the conversation locks, kept by SQLite, PostgreSQL and Redis, each for real."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rasa.core.lock_store import LockError

from bot import lock_store
from bot.lock_store import ConversationLocks, TicketLost
from bot.settings import SettingsError
from tests.conftest import ROOT
from tests.servers import new_database

TURNS_EACH = 40


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'locks.db'}"
    if request.param == "postgresql":
        return new_database(request.getfixturevalue("postgres_server"), f"t{uuid4().hex}")
    return f"{request.getfixturevalue('redis_url')}"


@pytest.fixture
def person() -> str:
    return uuid4().hex


@pytest.fixture
def pair(url: str) -> Iterator[tuple[ConversationLocks, ConversationLocks]]:
    """Two processes, as far as the server can tell."""
    yield ConversationLocks.open(url), ConversationLocks.open(url)


async def turn(locks: ConversationLocks, person: str, number: Any, done: list[Any], seconds: float = 0.002) -> None:
    async with locks.lock(person):
        done.append(("begins", number))
        await asyncio.sleep(seconds)
        done.append(("ends", number))


def test_turns_of_one_process_follow_the_order_in_which_they_came(
    pair: tuple[ConversationLocks, ConversationLocks], person: str
) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        await asyncio.gather(*(turn(pair[0], person, number, done) for number in range(24)))
        return done

    assert asyncio.run(run()) == [(what, number) for number in range(24) for what in ("begins", "ends")]


def test_turns_of_two_processes_follow_the_order_of_their_tickets(
    pair: tuple[ConversationLocks, ConversationLocks], person: str
) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        await asyncio.gather(*(turn(pair[number % 2], person, number, done) for number in range(24)))
        return done

    assert asyncio.run(run()) == [(what, number) for number in range(24) for what in ("begins", "ends")]


def test_conversations_do_not_wait_for_each_other(pair: tuple[ConversationLocks, ConversationLocks], person: str) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        await asyncio.gather(turn(pair[0], person, 1, done, 0.2), turn(pair[1], uuid4().hex, 2, done, 0.01))
        return done

    assert asyncio.run(run()) == [("begins", 1), ("begins", 2), ("ends", 2), ("ends", 1)]


def test_failed_turn_gives_the_lock_back(pair: tuple[ConversationLocks, ConversationLocks], person: str) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        with pytest.raises(ZeroDivisionError):
            async with pair[0].lock(person):
                raise ZeroDivisionError
        await asyncio.wait_for(turn(pair[1], person, 1, done), 2)
        return done

    assert len(asyncio.run(run())) == 2


def test_waiting_ends_with_an_error_and_leaves_no_ticket(pair: tuple[ConversationLocks, ConversationLocks], person: str) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        async with pair[0].lock(person):
            with pytest.raises(LockError):
                async with pair[1].lock(person, lock_lifetime=0.1):
                    done.append("never")
        await asyncio.wait_for(turn(pair[0], person, 1, done), 2)
        return done

    assert len(asyncio.run(run())) == 2


def test_person_who_hangs_up_while_waiting_blocks_nobody(pair: tuple[ConversationLocks, ConversationLocks], person: str) -> None:
    async def run() -> list[Any]:
        done: list[Any] = []
        async with pair[0].lock(person):
            waiting = asyncio.ensure_future(turn(pair[0], person, "gone", done))
            behind = asyncio.ensure_future(turn(pair[0], person, "next", done))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.sleep(0.05)
            assert done == []
        await asyncio.wait_for(behind, 2)
        return done

    assert asyncio.run(run()) == [("begins", "next"), ("ends", "next")]


def test_ticket_of_a_dead_process_is_passed_over_after_its_lease(url: str, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_store, "LEASE_SECONDS", 1)
    dead, living = ConversationLocks.open(url), ConversationLocks.open(url)
    dead.say_alive()
    dead.append(person, f"{dead.owner}.1")

    async def run() -> float:
        began = asyncio.get_running_loop().time()
        await asyncio.wait_for(turn(living, person, 1, []), 5)
        return asyncio.get_running_loop().time() - began

    assert 0.5 < asyncio.run(run()) < 3


def test_long_turn_keeps_its_lock_beyond_the_lease(url: str, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_store, "LEASE_SECONDS", 1)
    one, two = ConversationLocks.open(url), ConversationLocks.open(url)

    async def run() -> list[Any]:
        done: list[Any] = []
        await asyncio.gather(turn(one, person, 1, done, 2.5), turn(two, person, 2, done))
        return done

    assert asyncio.run(run()) == [("begins", 1), ("ends", 1), ("begins", 2), ("ends", 2)]


def test_process_that_slept_beyond_its_lease_does_not_begin_a_turn(url: str, person: str) -> None:
    locks = ConversationLocks.open(url)
    assert (locks.append(person, f"{locks.owner}.1"), locks.append(person, f"{locks.owner}.2")) == (True, False)
    locks.remove(person, f"{locks.owner}.2")
    with pytest.raises(TicketLost):
        locks._is_first(person, f"{locks.owner}.2")


def test_queue_is_gone_when_nobody_waits(pair: tuple[ConversationLocks, ConversationLocks], person: str) -> None:
    asyncio.run(turn(pair[0], person, 1, []))
    assert pair[1].look(person, "any") == (None, None)
    assert pair[1].append(person, f"{pair[1].owner}.1") is True


COUNT = """
import asyncio, pathlib, sys
from bot.lock_store import ConversationLocks
url, person, path = sys.argv[1:4]
path = pathlib.Path(path)
locks = ConversationLocks.open(url)
async def one():
    async with locks.lock(person):
        count = int(path.read_text())
        await asyncio.sleep(0.001)
        path.write_text(str(count + 1))
async def run():
    await asyncio.gather(*(one() for _ in range({turns})))
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(run())
"""


def test_two_real_processes_at_once_lose_no_turn(url: str, person: str, tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")
    command = [sys.executable, "-W", "ignore", "-c", COUNT.format(turns=TURNS_EACH), url, person, str(path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert ([process.returncode for process in processes], path.read_text()) == ([0, 0], str(2 * TURNS_EACH))


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1", "postgresql://nobody@127.0.0.1:1/none", "sqlite:////missing/folder/l.db", "ftp://x", "x"]
)
def test_open_without_a_server_says_so(url: str) -> None:
    with pytest.raises(SettingsError):
        ConversationLocks.open(url)

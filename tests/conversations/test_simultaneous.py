"""Messages of one sender, all at once, on two bot processes: none lost, none mixed, each process's in the order it got them.

``LOTSE_RACE_REPEATS`` says how often; ``make race`` does it 50 times.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from scripts.stack import BOT_PYTHON, ROOT, Stack, free_port
from tests.conversations.client import Person

REPEATS = int(os.environ.get("LOTSE_RACE_REPEATS", "3"))
EACH = 12
SAID = ("Guten Tag", "Danke", "Menü", "Wie finde ich eine Wohnung?")


@contextmanager
def another_bot(stack: Stack, locks: str) -> Iterator[int]:
    """One more bot process on the same stores; its port."""
    port = free_port()
    environment = {**stack.environment(), "LOTSE_BOT_PORT": str(port), **({"LOTSE_LOCKS_URL": locks} if locks else {})}
    with (stack.data / f"bot-{port}.log").open("ab") as log:
        command = [str(BOT_PYTHON), "-m", "bot.server"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 180
        while not _healthy(port):
            assert process.poll() is None and time.monotonic() < deadline, log.name
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module", params=["database", "redis"])
def ports(request: pytest.FixtureRequest, stack: Stack) -> Iterator[tuple[int, int]]:
    """Two bot processes that share conversations and locks."""
    if request.param == "database":
        with another_bot(stack, "") as second:
            yield stack.ports["bot"], second
        return
    locks = request.getfixturevalue("redis_url")
    with another_bot(stack, locks) as first, another_bot(stack, locks) as second:
        yield first, second


async def send_all(person: Person, ports: tuple[int, int], bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send every message over a connection of its own, opened before, to the two processes in turn; the answers."""
    connections = [await asyncio.open_connection("127.0.0.1", ports[number % 2]) for number in range(len(bodies))]
    # A process reads in the order of arrival only from connections that it has accepted.
    await asyncio.sleep(0.3)
    for (_, writer), body in zip(connections, bodies, strict=True):
        content = json.dumps(body).encode()
        head = f"POST /chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.token}\r\nConnection: close\r\n"
        writer.write(head.encode() + f"Content-Length: {len(content)}\r\n\r\n".encode() + content)
        await asyncio.sleep(0.001)
    answers = []
    for reader, writer in connections:
        head, _, content = (await asyncio.wait_for(reader.read(), 60)).partition(b"\r\n\r\n")
        writer.close()
        assert head.split(b" ")[1] == b"200", head
        answers.append(json.loads(content))
    return answers


def conversation_of(person: Person) -> list[tuple[str, list[str]]]:
    """What is stored: the id of each message of the person, with the responses that follow it."""
    found: list[tuple[str, list[str]]] = []
    for message in person.history():
        if message["from"] == "person":
            found.append((message["id"], []))
        elif found:
            found[-1][1].append(message["response"])
    return found


@pytest.mark.parametrize("repeat", range(REPEATS))
def test_simultaneous_messages_are_all_answered_one_after_the_other(stack: Stack, ports: tuple[int, int], repeat: int) -> None:
    person = Person(f"http://127.0.0.1:{ports[repeat % 2]}/chat/", "de")
    bodies = [{"id": str(uuid.uuid4()), "text": SAID[number % 4]} for number in range(2 * EACH)]
    answers = asyncio.run(send_all(person, ports, bodies))
    answered = {body["id"]: [m["response"] for m in answer["messages"]] for body, answer in zip(bodies, answers, strict=True)}
    stored = conversation_of(person)
    assert [message_id for message_id, _ in stored if message_id not in answered] == []
    assert (len(stored), dict(stored)) == (2 * EACH, answered)
    order = [message_id for message_id, _ in stored]
    for first in (0, 1):
        mine = [body["id"] for body in bodies[first::2]]
        assert [message_id for message_id in order if message_id in mine] == mine


def test_message_that_reaches_both_processes_at_once_is_answered_once(stack: Stack, ports: tuple[int, int]) -> None:
    person = Person(f"http://127.0.0.1:{ports[0]}/chat/", "de")
    person.say("Ich brauche persönliche Hilfe")
    body = {"id": str(uuid.uuid4()), "choice": person.last[-1]["choices"][0]["token"]}
    answers = asyncio.run(send_all(person, ports, [body] * 8))
    assert {tuple(m["response"] for m in answer["messages"]) for answer in answers} == {("utter_ask_counselling__areas",)}
    assert [message_id for message_id, _ in conversation_of(person)].count(body["id"]) == 1

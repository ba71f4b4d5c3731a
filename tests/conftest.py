"""Fixtures for all tests: the repository on the path, and one running stack per session for those that need it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# All people of the tests come from one address, and type faster than others.
os.environ["LOTSE_CONVERSATIONS_PER_MINUTE"] = "6000"
os.environ["LOTSE_MESSAGES_PER_MINUTE"] = "80"
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.stack import Stack, free_port  # noqa: E402 - the path comes first
from tests.servers import postgres, redis_server  # noqa: E402 - the path comes first


def a_stack(data: Path) -> Stack:
    """A stack of its own: free ports, empty databases, the trained model of the repository."""
    return Stack(data, ports={name: free_port() for name in ("bot", "actions", "backend")})


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running stack: real Rasa, real actions, real worker, real backend."""
    with a_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of the tests' own."""
    with postgres() as address:
        yield address


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of the tests' own."""
    with redis_server() as address:
        yield address

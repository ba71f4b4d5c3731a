"""A conversation over the twins, without Rasa (tests/dialogue.py), and the answers as they are rendered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions import runtime as composition
from actions.adapters.memory import MemoryBackend, MemoryLedger
from bot.nlg import GettextNLG
from tests.dialogue import Talk, domain, free_slots, services


@pytest.fixture
def backend() -> MemoryBackend:
    return MemoryBackend(free_slots())


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def talk(ledger: MemoryLedger, backend: MemoryBackend) -> Iterator[Talk]:
    yield Talk(services(ledger, backend))
    composition.use(None)


@pytest.fixture(scope="session")
def nlg() -> GettextNLG:
    """The generator with the responses of all journeys, as of a loaded model."""
    made = GettextNLG()
    made.responses.update(domain()["responses"])
    return made

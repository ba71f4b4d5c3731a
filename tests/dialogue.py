"""The dialogue without Rasa: the real actions and the real rules, with a plain loop where Rasa's policies and forms would be.

As much of Rasa 3.6 as the rules use: one rule per intent, forms that validate, ask on and end, and followup actions; and
the one slot that is filled from an entity, the age.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Optional

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import runtime as composition
from actions.adapters.files import FileContent
from actions.adapters.leitfaden import leitfaden as read_leitfaden
from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.adapters.municipalities import load_municipality
from actions.base import GuardedAction
from actions.model import slots
from actions.model.appointment import Place, Slot
from actions.model.leitfaden import Leitfaden
from actions.runtime import ROOT, Runtime
from actions.services.delivery import Delivery
from bot.nlu.ages import under_age

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)
SECRET = b"secret of the tests"
_PAYLOAD = re.compile(r"^/(\w+)(\{.*\})?$", re.DOTALL)


def free_slots(interpreter: str = "requested") -> list[Slot]:
    """Five free times, an hour apart."""
    place = Place("Amt", "Musterstraße 1", "40210", "Düsseldorf", demo=True)
    starts = [NOW + timedelta(days=9, hours=hour) for hour in range(5)]
    return [
        Slot(f"s{n}", at.isoformat(), (at + timedelta(hours=2)).isoformat(), place, "Frau Haddad", interpreter)
        for n, at in enumerate(starts)
    ]


def services(ledger: MemoryLedger, backend: MemoryBackend, asked: Optional[Leitfaden] = None) -> Runtime:
    """All services over the given twins, with the content of Düsseldorf, or with another Leitfaden than its own."""
    content, municipality = _content()
    if asked is not None:
        content = copy(content)
        content.leitfaden = asked
    return Runtime(content, municipality, ledger, backend, backend, SECRET, clock=lambda: NOW)


@lru_cache(maxsize=1)
def leitfaden() -> Leitfaden:
    """The Leitfaden before any municipality has switched it."""
    data = yaml.safe_load((ROOT / "data/intake/leitfaden.yml").read_text(encoding="utf-8"))
    return read_leitfaden(data, {})


def run_worker(ledger: MemoryLedger, backend: MemoryBackend) -> None:
    """What the worker does within the next hours."""
    for hour in range(1, 4):
        delivery = Delivery(ledger, backend, backend, clock=lambda after=hour: NOW + timedelta(hours=after))  # type: ignore[misc]
        asyncio.run(delivery.deliver_due())


@lru_cache(maxsize=1)
def _content() -> Any:
    folder = ROOT / "data/municipalities/duesseldorf"
    return FileContent(ROOT, "duesseldorf"), load_municipality(folder, ROOT / "data/orientation")


@lru_cache(maxsize=1)
def domain() -> dict[str, dict[str, Any]]:
    """Responses and forms of all journeys."""
    found: dict[str, dict[str, Any]] = {"responses": {}, "forms": {}}
    for path in sorted((ROOT / "bot/domain").glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key, entries in found.items():
            entries.update(data.get(key) or {})
    return found


@lru_cache(maxsize=1)
def rules() -> dict[str, str]:
    """The action that answers an intent."""
    found = {}
    for path in sorted((ROOT / "data/rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            if "condition" not in rule and "intent" in rule["steps"][0]:
                found[rule["steps"][0]["intent"]] = rule["steps"][1]["action"]
    return found


@lru_cache(maxsize=1)
def actions() -> dict[str, GuardedAction]:
    """All actions, by name."""
    found = {}
    for path in sorted(Path(ROOT / "actions").glob("*.py")):
        if path.stem in ("server", "worker", "migrate", "__init__"):
            continue
        import_module(f"actions.{path.stem}")
    kinds = [GuardedAction]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if not inspect.isabstract(kind):
            found[kind().name()] = kind()
    return found


class Talk:
    """One conversation. ``said`` are the responses of the latest turn, ``offered`` all payloads that were ever on the screen."""

    def __init__(self, runtime: Runtime, sender: str = "sender") -> None:
        composition.use(runtime)
        self.runtime, self.sender = runtime, sender
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.loop: Optional[str] = None
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.offered: list[str] = []
        self.newest: list[str] = []
        self._latest: dict[str, Any] = {}
        self._followup: Optional[str] = None
        self._count = 0

    @property
    def responses(self) -> list[str]:
        return [name for name, _ in self.said]

    def say(self, text: str, intent: str = "nlu_fallback", confidence: float = 0.9) -> list[str]:
        """Type something, which the classifier takes for ``intent``."""
        found = [{"entity": "age", "value": slots.UNDER_18}] if under_age(text) else []
        return self._turn(text, intent, confidence, found)

    def tap(self, payload: str) -> list[str]:
        """Tap a choice by its payload."""
        match = _PAYLOAD.match(payload)
        assert match is not None
        entities = [{"entity": key, "value": value} for key, value in json.loads(match[2] or "{}").items()]
        return self._turn(payload, match[1], 1.0, entities)

    def answer(self, *choices: str) -> list[str]:
        """Tap one choice of a question, or several and send them."""
        return self.tap("/answer" + json.dumps({"choice": choices[0] if len(choices) == 1 else list(choices)}))

    def new_session(self) -> None:
        """What the conversation store leaves of a session when the next one begins (tests/unit/test_tracker_store.py)."""
        self.slots = {slots.RUN: int(self.slots.get(slots.RUN) or 0) + 1}
        self.loop = None

    def _turn(self, text: str, intent: str, confidence: float, entities: list[dict[str, Any]]) -> list[str]:
        self._count += 1
        self._latest = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": entities,
            "intent_ranking": [{"name": intent, "confidence": confidence}],
            "metadata": {"id": f"m{self._count}", "language": "de"},
        }
        self.events.append({"event": "user", "text": text, "parse_data": self._latest, "input_channel": "web"})
        self.slots.update((slots.AGE, entity["value"]) for entity in entities if entity["entity"] == "age")
        self.said, self.newest = [], []
        asyncio.run(self._respond(intent))
        return self.responses

    async def _respond(self, intent: str) -> None:
        loop, self._followup = self.loop, None
        if loop is not None and await self._fill(loop):
            return
        await self._run(rules().get(intent, "action_shared_fallback"))
        if loop is not None and self.loop == loop and self._followup in (None, "action_listen"):
            # Back in the form: it reads the message once more, and says what it asks for.
            await self._go_on(loop, await self._act(f"validate_{loop}"))

    async def _fill(self, form: str) -> bool:
        """Let the form read the message; False if it was no answer and the rules have to speak."""
        events = await self._act(f"validate_{form}")
        if not any(event["event"] == "slot" and event["name"] != "requested_slot" for event in events):
            return False
        await self._go_on(form, events)
        return True

    async def _go_on(self, form: str, events: list[dict[str, Any]]) -> None:
        requested = [event["value"] for event in events if event.get("name") == "requested_slot"]
        await (self._submit(form) if requested[-1:] == [None] else self._ask(form, *requested[-1:]))

    async def _ask(self, form: str, slot: Optional[str] = None) -> None:
        missing = (name for name in domain()["forms"][form]["required_slots"] if self.slots.get(name) is None)
        slot = slot or next(missing, None)
        if slot is None:
            await self._submit(form)
            return
        self.slots["requested_slot"] = slot
        await self._run(f"action_ask_{slot}")

    async def _submit(self, form: str) -> None:
        self.loop, self.slots["requested_slot"] = None, None
        await self._run("action_handoff_status" if form == "status_form" else "action_counselling_next")

    async def _run(self, name: str) -> None:
        if name in domain()["forms"]:
            self.loop = name
            await self._go_on(name, await self._act(f"validate_{name}"))
        elif name.startswith("utter_"):
            self._utter(name, {})
        elif name in actions():
            self._followup = None
            await self._act(name)
            following = self._followup
            if following not in (None, "action_listen"):
                await self._run(str(following))
                self._followup = following

    async def _act(self, name: str) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        tracker = Tracker(
            self.sender,
            dict(self.slots),
            self._latest,
            self.events,
            False,
            None,
            {"name": self.loop} if self.loop else {},
            "action_listen",
        )
        if name not in actions():
            return []
        events: list[dict[str, Any]] = [dict(event) for event in await actions()[name].run(dispatcher, tracker, {})]
        for message in dispatcher.messages:
            self._utter(message["response"], message.get("args") or {})
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "reset_slots":
                self.slots = {}
            elif event["event"] == "active_loop":
                self.loop = event["name"]
            elif event["event"] == "followup":
                self._followup = event["name"]
        return events

    def _utter(self, response: str, args: Mapping[str, Any]) -> None:
        static = (domain()["responses"][response][0].get("buttons") or []) if response in domain()["responses"] else []
        choices = [*static, *args.get("choices", ())]
        buttons = [*choices, *args.get("nav", ())]
        self.said.append((response, dict(args)))
        shown = [button["payload"] for button in buttons if "payload" in button]
        shown += list(_payloads(args.get("card"))) + list(_payloads(args.get("select")))
        self.newest += shown
        self.offered += [payload for payload in shown if payload not in self.offered]
        titled = [{"title": str(button.get("title")), "payload": button.get("payload", "")} for button in choices]
        self.events.append({"event": "bot", "data": {"buttons": titled}, "metadata": {"utter_action": response, "lang": "de"}})


def _payloads(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("payload"), str):
            yield value["payload"]
        for item in value.values():
            yield from _payloads(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _payloads(item)

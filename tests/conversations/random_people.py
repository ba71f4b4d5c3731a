"""People who come with one wish for help each, and go about it in all the ways people do.

They answer whatever question is open, so that it does not matter to them what fails in between: they send again, tap
"try again", tap twice, reload the page. Some decline, some leave, some hang up while they submit, some take everything back.
"""

from __future__ import annotations

import base64
import json
import random
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import Enum
from typing import Any

import httpx
import yaml

from actions.model import slots
from actions.model.intake import intake_id_for
from scripts.stack import ROOT
from tests.conversations.client import Person

TECHNICAL_PROBLEM = "utter_technical_problem"
RECEIPTS = {"utter_handoff_receipt", "utter_handoff_receipt_pending"}
TAKEN_BACK = {"utter_privacy_forgotten", "utter_privacy_withdrawn", "utter_privacy_later", "utter_privacy_no_consents"}
REFUSED = {"utter_counselling_declined", "utter_consent_intake_denied"}
_STATES = yaml.safe_load((ROOT / "contracts/codes-v1.yml").read_text(encoding="utf-8"))["appointment_states"]
AGREED = {_STATES[state]["label"] for state in ("provisional", "confirmed")}
SECONDS_TO_ANSWER = 180
SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "ri", "so", "tu")


class Ending(str, Enum):
    """How a story is meant to end."""

    SUBMITS = "submits"
    DECLINES_HELP = "declines help"
    DECLINES_CONSENT = "declines consent"
    WITHDRAWS = "withdraws midway"
    LEAVES = "leaves midway"
    HANGS_UP = "hangs up while submitting"
    TAKES_BACK = "takes back after submitting"


USUAL = {
    Ending.SUBMITS: 55,
    Ending.DECLINES_HELP: 4,
    Ending.DECLINES_CONSENT: 10,
    Ending.WITHDRAWS: 12,
    Ending.LEAVES: 5,
    Ending.HANGS_UP: 6,
    Ending.TAKES_BACK: 8,
}
"""How many in a hundred."""


class NeverAnswered(AssertionError):
    """The service gave no answer for minutes, or led in circles."""


class RandomPerson(Person):
    """One story. ``seen`` counts the responses that were read, ``codes`` those that were shown."""

    def __init__(self, chat_url: str, number: int, ending: Ending, chance: random.Random) -> None:
        self.number, self.ending, self.chance = number, ending, chance
        self.word = "Kana" + "".join(SYLLABLES[int(digit)] for digit in f"{number:04}")
        """In the name and in the wish, and nobody else's."""
        self.phone = f"02117700{number:04}7"
        self.wants_appointment = chance.random() < 0.7
        self.turns_until = chance.randint(5, 9)
        self.seen: Counter[str] = Counter()
        self.codes: set[str] = set()
        self.begun = self.consented = self.agreed = False
        self.waits = False
        """Whether an answer is awaited just now."""
        self._taking_back = False
        # One connection a person, as a browser has it.
        self._connection = httpx.Client(timeout=30, trust_env=False)
        self.chat_url, self.language, self.token = chat_url, "de", ""
        self.last: list[dict[str, Any]] = []

    @property
    def intake_ids(self) -> list[str]:
        """What the requests of this conversation are called everywhere: the first, and what would be another one."""
        if not self.token:
            return []
        conversation_id = json.loads(base64.urlsafe_b64decode(self.token.split(".")[0] + "=="))[0]
        return [intake_id_for(conversation_id, run) for run in range(4)]

    def live(self) -> None:
        """The whole story. Raises NeverAnswered."""
        try:
            self._arrive()
            for _ in range(120):
                if not self._go_on():
                    return
        finally:
            self._connection.close()
        raise NeverAnswered(f"person {self.number} goes in circles: {self.seen}")

    def _arrive(self) -> None:
        answer = self._until_answered("POST", "conversations", {"language": "de"})
        self.token = answer["token"]
        self._read(answer["messages"])
        self._turn({"text": "Ich brauche persönliche Hilfe"})

    def _go_on(self) -> bool:
        """The next thing this person does; False if there is nothing left to do."""
        if self._taking_back:
            return self._take_back()
        if self._has_received():
            if self.ending is not Ending.TAKES_BACK:
                return False
            self._taking_back = True
            return self._take_back()
        if REFUSED & set(self.seen):
            return False
        self.turns_until -= 1
        if self.turns_until <= 0 and self.consented:
            if self.ending is Ending.LEAVES:
                return False
            if self.ending is Ending.WITHDRAWS:
                self._taking_back = True
                return self._take_back()
        if self.responses[-1] == TECHNICAL_PROBLEM:
            self._after_a_failure()
            return True
        return self._answer(self.last[-1]["args"].get("asks"))

    def _after_a_failure(self) -> None:
        time.sleep(self.chance.uniform(0.2, 1))
        self._reload() if self.chance.random() < 0.2 else self._tap(0)
        if self.responses[-1] == TECHNICAL_PROBLEM and self.chance.random() < 0.3:
            self._turn({"text": "Ich brauche persönliche Hilfe"})

    def _answer(self, asked: str | None) -> bool:
        self.begun = self.begun or asked is not None
        if asked == slots.BEGIN:
            self._tap(1 if self.ending is Ending.DECLINES_HELP else 0)
        elif asked == slots.AREAS:
            self._turn({"choices": [self.choices[number]["token"] for number in self.chance.sample(range(5), 2)]})
        elif asked in (slots.HELPERS, slots.MODULES):
            self.tap_none()
        elif asked == slots.GOAL:
            self._turn({"text": f"Ich suche eine Wohnung für Familie {self.word}"})
        elif asked == slots.CONSENT_INTAKE:
            self._tap(1 if self.ending is Ending.DECLINES_CONSENT else 0)
            self.consented = self.ending is not Ending.DECLINES_CONSENT
        elif asked == slots.CONSENT_APPOINTMENT:
            self._tap(0 if self.wants_appointment else 1)
        elif asked == slots.NAME:
            self._turn({"text": f"Maria {self.word}"})
        elif asked == slots.CONTACT:
            self._turn({"text": self.phone})
        elif asked == slots.INTERPRETER_LANGUAGE:
            self._tap(self.chance.choice((0, 2)))
        elif asked == slots.BOOKING_SLOT:
            return self._book()
        elif asked in (slots.INTERPRETER_NEEDED, slots.CONSENT_INTERPRETER, slots.READBACK, slots.BOOKING_CONFIRMED):
            return self._last_tap() if self._submits(asked) else self._tap(0)
        else:
            self._turn({"text": "Ich brauche persönliche Hilfe"})
        return True

    def _submits(self, asked: str) -> bool:
        return asked == slots.BOOKING_CONFIRMED or (asked == slots.READBACK and not self.wants_appointment)

    def _last_tap(self) -> bool:
        if self.ending is not Ending.HANGS_UP:
            return self._tap(0)
        with suppress(httpx.HTTPError):
            self.send({"choice": self.choices[0]["token"]}, timeout=self.chance.uniform(0.01, 0.6))
        return False

    def _book(self) -> bool:
        if self.responses[-1] == "utter_booking_unavailable":
            return self._tap(0 if self.chance.random() < 0.8 else 1)
        times = [number for number, choice in enumerate(self.choices) if choice.get("icon") == "calendar"]
        return self._tap(self.chance.choice(times) if times else 0)

    def _take_back(self) -> bool:
        if TAKEN_BACK & set(self.seen):
            return False
        if self.responses[-1] in ("utter_privacy_forget_ask", "utter_privacy_withdraw_ask"):
            return self._tap(0)
        if self.responses[-1] == "utter_privacy_consents":
            # All at once, or the consent to the hand-over: what it was given for falls away just the same.
            first = self.last[-1]["card"]["rows"][0]
            self._turn({"choice": first["change"]["token"]}) if self.chance.random() < 0.5 else self._tap(0)
            return True
        if self.responses[-1] == "utter_privacy":
            return self._tap(self.chance.choice((1, 2)))
        self._turn({"command": "my_data"})
        return True

    def _has_received(self) -> bool:
        return bool(RECEIPTS & set(self.seen))

    def _tap(self, number: int) -> bool:
        """Tap a choice; now and then twice, and then look at the page."""
        body = {"choice": self.choices[number]["token"]}
        if self.chance.random() >= 0.15:
            self._turn(body)
            return True
        message_id = str(uuid.uuid4())
        again = message_id if self.chance.random() < 0.3 else str(uuid.uuid4())
        with ThreadPoolExecutor(2) as fingers:
            taps = [fingers.submit(self._answers_to, body, name) for name in (message_id, again)]
        for tap in taps:
            self._read(tap.result())
        self._reload()
        return True

    def _turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        self._read(self._answers_to(body, str(uuid.uuid4())))
        return self.last

    def _answers_to(self, body: dict[str, Any], message_id: str) -> list[dict[str, Any]]:
        return list(self._until_answered("POST", "messages", {"id": message_id, **body})["messages"])

    def _reload(self) -> None:
        messages = self._until_answered("GET", "messages", None)["messages"]
        ours = [number for number, message in enumerate(messages) if message["from"] == "person"]
        turn = messages[ours[-1] + 1 :] if ours else messages
        if turn:
            self._read(turn)

    def _read(self, messages: list[dict[str, Any]]) -> None:
        self.last = messages
        for message in messages:
            self.seen[message["response"]] += 1
            if message["response"] in RECEIPTS:
                self.codes.add(message["card"]["code"])
                appointment = message["card"]["appointment"] or {}
                self.agreed = self.agreed or appointment.get("state") in AGREED

    def send(
        self, body: dict[str, Any], message_id: str | None = None, retry: bool = False, timeout: float = 30
    ) -> httpx.Response:
        whole = {"id": message_id or str(uuid.uuid4()), **body}
        return self._connection.post(self.chat_url + "messages", json=whole, headers=self._headers, timeout=timeout)

    def _until_answered(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Send, and send again as the widget does. Raises NeverAnswered."""
        self.waits = True
        try:
            return self._persist(method, path, body)
        finally:
            self.waits = False

    def _persist(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        headers = self._headers if self.token else {}
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                answer = self._connection.request(method, self.chat_url + path, json=body, headers=headers)
                if answer.is_success:
                    return dict(answer.json())
                if answer.status_code not in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS):
                    answer.raise_for_status()
                time.sleep(min(float(answer.headers.get("Retry-After", 0)), 10))
            if body is not None and "id" in body:
                body = {**body, "retry": True}
            time.sleep(0.2)
        raise NeverAnswered(f"person {self.number} got no answer within {SECONDS_TO_ANSWER} s")

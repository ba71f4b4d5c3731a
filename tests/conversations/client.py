"""A person at the other end of the web channel, as the widget is, but in a few lines."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Optional

import httpx


class Person:
    """One conversation. ``last`` holds the bot's messages of the latest turn."""

    def __init__(self, chat_url: str, language: str) -> None:
        self.language = language
        self.chat_url = chat_url
        answer = httpx.post(chat_url + "conversations", json={"language": language}, timeout=30, trust_env=False)
        answer.raise_for_status()
        self.token: str = answer.json()["token"]
        self.last: list[dict[str, Any]] = answer.json()["messages"]

    def send(self, body: dict[str, Any], message_id: Optional[str] = None, retry: bool = False) -> httpx.Response:
        """Send a raw message; the answer as it came."""
        whole = {"id": message_id or str(uuid.uuid4()), **body, **({"retry": True} if retry else {})}
        return httpx.post(self.chat_url + "messages", json=whole, headers=self._headers, timeout=30, trust_env=False)

    def _turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        message_id = str(uuid.uuid4())
        answer = self.send(body, message_id)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            # Faster than any person types; waits as long as it is told to.
            time.sleep(int(answer.headers["retry-after"]))
            answer = self.send(body, message_id)
        answer.raise_for_status()
        self.last = answer.json()["messages"]
        return self.last

    def say(self, text: str) -> list[dict[str, Any]]:
        return self._turn({"text": text})

    def command(self, name: str) -> list[dict[str, Any]]:
        return self._turn({"command": name})

    def switch(self, language: str) -> list[dict[str, Any]]:
        self.language = language
        return self._turn({"language": language})

    def tap(self, number: int) -> list[dict[str, Any]]:
        """Tap a choice of the latest message that has any; from 1."""
        return self.take(self.choices[number - 1])

    def take(self, choice: dict[str, Any]) -> list[dict[str, Any]]:
        """Tap a choice of this conversation, also an earlier one."""
        return self._turn({"choice": choice["token"]})

    def tap_several(self, numbers: list[int]) -> list[dict[str, Any]]:
        return self._turn({"choices": [self.choices[number - 1]["token"] for number in numbers]})

    def tap_none(self) -> list[dict[str, Any]]:
        return self._turn({"choice": self._latest("select")["select"]["none"]["token"]})

    def skip(self) -> list[dict[str, Any]]:
        return self._turn({"choice": next(c for c in self.choices if c.get("icon") == "skip")["token"]})

    def withhold(self) -> list[dict[str, Any]]:
        return self._turn({"choice": next(c for c in self.choices if c.get("icon") == "lock")["token"]})

    def change(self, row: int) -> list[dict[str, Any]]:
        """Change a row of the read-back; from 1."""
        return self._turn({"choice": self._latest("card")["card"]["rows"][row - 1]["change"]["token"]})

    def tell_needs(self) -> None:
        """From the wish for help to the first consent, which is asked then."""
        for move in MOVES[:5]:
            move(self)

    def paper(self, name: str, *messages: str) -> httpx.Response:
        """The PDF of a kind (``laufzettel``, ``receipt``) made of these messages."""
        address = f"{self.chat_url}documents/{name}.pdf"
        return httpx.get(address, params={"message": messages}, headers=self._headers, timeout=30, trust_env=False)

    def history(self) -> list[dict[str, Any]]:
        answer = httpx.get(self.chat_url + "messages", headers=self._headers, timeout=30, trust_env=False)
        return list(answer.json()["messages"])

    def delete(self) -> int:
        """Delete the conversation; the status of the answer."""
        return httpx.delete(self.chat_url + "messages", headers=self._headers, timeout=30, trust_env=False).status_code

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _latest(self, field: str) -> dict[str, Any]:
        return next(message for message in reversed(self.last) if message.get(field))

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The choices of the latest message that has any."""
        return list(self._latest("choices")["choices"])

    @property
    def responses(self) -> list[str]:
        return [message["response"] for message in self.last]

    @property
    def code(self) -> str:
        return str(self._latest("card")["card"]["code"])


MOVES: list[Callable[[Person], object]] = [
    lambda person: person.say("Ich brauche persönliche Hilfe"),
    lambda person: person.tap(1),
    lambda person: person.tap_several([1, 3]),
    lambda person: person.tap_none(),
    lambda person: person.say("Eine Wohnung für meine Familie"),
    lambda person: person.tap(1),
    lambda person: person.tap(1),
    lambda person: person.say("Maria Muster"),
    lambda person: person.say("0211 1234567"),
    lambda person: person.tap_none(),
    lambda person: person.tap(2),
    lambda person: person.tap(1),
    lambda person: person.tap(1),
    lambda person: person.tap(1),
    lambda person: person.tap(1),
    lambda person: person.tap(1),
]
"""The whole way in German, from the wish for help over a held time to the receipt."""

"""Between Rasa's messages and those of contracts/web-v1.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Optional

from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered

from bot.channels.signing import Signer
from bot.languages import LANGUAGE_SLOT, SOURCE_LANGUAGE, direction

COMMANDS = {
    "menu": "/show_menu",
    "my_data": '/my_data{"choice": "menu"}',
    "emergency": "/show_emergency",
    "status": "/ask_case_status",
    "human": "/talk_to_human",
}
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Signals to terminals, and halves of characters, which cannot be encoded."""
FIELDS = ("lang", "dir", "progress", "why", "german")
CONVERSATION_LANGUAGE = "conversation_language"
TECHNICAL_PROBLEM = "utter_technical_problem"


class BadRequest(Exception):
    """The body is not a message of web-v1."""


class NotOffered(Exception):
    """A choice that this conversation was never offered."""


class NoDocument(Exception):
    """A message that is not in this conversation, or has nothing to take along."""


class TooLong(Exception):
    """More text than one message may have."""


class WebOutput(OutputChannel):
    """Collects the messages of one turn."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        # Two actions of a turn may fail for the same reason; once is enough.
        repeated = message.get("utter_action") == TECHNICAL_PROBLEM and any(
            earlier.get("utter_action") == TECHNICAL_PROBLEM for earlier in self.messages
        )
        if not repeated:
            self.messages.append(message)


def incoming(body: Any, conversation_id: str, signer: Signer, max_length: int) -> tuple[str, str, str]:
    """Id of the message, what Rasa is told, and what the person sees as said.

    Raises BadRequest, TooLong, NotOffered. Typed text can never become a command: a leading slash is not passed on.
    """
    if not isinstance(body, dict) or not isinstance(body.get("id"), str) or not _ID.fullmatch(body["id"]):
        raise BadRequest
    said = [key for key in ("text", "choice", "choices", "language", "command") if key in body]
    if len(said) != 1:
        raise BadRequest
    value = body[said[0]]
    if said == ["choices"]:
        return (body["id"], *_several(value, conversation_id, signer))
    if not isinstance(value, str):
        raise BadRequest
    if said == ["choice"]:
        chosen = signer.chosen(conversation_id, value)
        if chosen is None:
            raise NotOffered
        return (body["id"], *chosen)
    if said == ["language"]:
        return body["id"], f"/change_language{json.dumps({'language': value[:20]})}", ""
    if said == ["command"]:
        if value not in COMMANDS:
            raise BadRequest
        return body["id"], COMMANDS[value], ""
    text = _NOT_TEXT.sub("", value).strip()
    if len(text) > max_length:
        raise TooLong
    if not text:
        raise BadRequest
    return body["id"], text.lstrip("/ ") or "?", text


def _several(tokens: Any, conversation_id: str, signer: Signer) -> tuple[str, str]:
    if not isinstance(tokens, list) or not 1 <= len(tokens) <= 30 or not all(isinstance(token, str) for token in tokens):
        raise BadRequest
    chosen = [signer.chosen(conversation_id, token) for token in tokens]
    answers, titles = [], []
    for choice in chosen:
        if choice is None or not choice[0].startswith("/answer{"):
            raise NotOffered
        answers.append(json.loads(choice[0][len("/answer") :]))
        titles.append(choice[1])
    if any(answer.get("question") != answers[0].get("question") for answer in answers):
        raise NotOffered
    together = {**answers[0], "choice": [answer["choice"] for answer in answers]}
    return f"/answer{json.dumps(together, ensure_ascii=False)}", ", ".join(titles)


def outgoing(message: Mapping[str, Any], number: str, conversation_id: str, signer: Signer) -> dict[str, Any]:
    """A message of the bot as the widget gets it; payloads become signed tokens."""
    select = message.get("select")
    return {
        "id": number,
        "from": "bot",
        "response": message.get("utter_action"),
        "text": message.get("text") or "",
        **{field: message.get(field) for field in FIELDS},
        CONVERSATION_LANGUAGE: message.get(CONVERSATION_LANGUAGE),
        "args": {key: value for key, value in (message.get("args") or {}).items() if isinstance(value, (str, int, float))},
        "choices": _signed([*(message.get("buttons") or []), *(message.get("nav") or [])], conversation_id, signer),
        "select": _signed(select, conversation_id, signer) if select else None,
        "card": _signed(message.get("card"), conversation_id, signer),
    }


def answer(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of an answer: the messages, and the language that the conversation has after them.

    It may differ from a message's own ``lang`` (a text that is not translated comes in German).
    """
    languages = [message.get(CONVERSATION_LANGUAGE) for message in messages]
    return {
        "language": next(filter(None, reversed(languages)), None),
        "messages": [{key: value for key, value in message.items() if key != CONVERSATION_LANGUAGE} for message in messages],
    }


def _signed(value: Any, conversation_id: str, signer: Signer) -> Any:
    if isinstance(value, Mapping):
        copy = {key: _signed(item, conversation_id, signer) for key, item in value.items() if key != "payload"}
        if "payload" in value:
            copy["token"] = signer.offer(conversation_id, value["payload"], value.get("title", ""))
        return copy
    if isinstance(value, list):
        return [_signed(item, conversation_id, signer) for item in value]
    return value


def history(
    events: Iterable[Event], conversation_id: str, signer: Signer, after: Optional[str] = None
) -> Optional[list[dict[str, Any]]]:
    """The conversation as messages of both sides; with ``after`` only the bot's answers to that message.

    None if ``after`` names a message that is not there.
    """
    messages: list[dict[str, Any]] = []
    found = after is None
    language = SOURCE_LANGUAGE
    for name, event in _named(events):
        if isinstance(event, SlotSet) and event.key == LANGUAGE_SLOT:
            language = event.value or SOURCE_LANGUAGE
        elif isinstance(event, UserUttered):
            metadata = event.metadata or {}
            if after is not None:
                if found and messages:
                    break
                found = found or metadata.get("id") == after
            elif metadata.get("said"):
                messages.append(
                    {
                        "id": str(metadata.get("id")),
                        "from": "person",
                        "text": metadata["said"],
                        "lang": language,
                        "dir": direction(language),
                    }
                )
        elif isinstance(event, BotUttered) and found:
            messages.append(outgoing(event.message(), name, conversation_id, signer))
    return messages if found else None


def topic_cards(events: Iterable[Event], wanted: Sequence[str]) -> list[Mapping[str, Any]]:
    """The topic cards of these messages (their ids) as the actions made them: nodes, in no language yet.

    They are kept with the conversation anyway, because a card is shown again after a reload. Raises NoDocument.
    """
    made = {
        name: (event.message().get("args") or {}).get("card") for name, event in _named(events) if isinstance(event, BotUttered)
    }
    cards = [made.get(name) for name in wanted]
    if not cards or not all(isinstance(card, Mapping) and card.get("kind") == "topic" for card in cards):
        raise NoDocument
    return [card for card in cards if card]


def paper_of(events: Iterable[Event], wanted: str) -> Mapping[str, Any]:
    """What the paper of a message says, as the actions made it (nodes). Raises NoDocument."""
    for name, event in _named(events):
        if name == wanted and isinstance(event, BotUttered):
            paper = (event.message().get("args") or {}).get("paper")
            if isinstance(paper, Mapping):
                return paper
    raise NoDocument


def _named(events: Iterable[Event]) -> Iterator[tuple[str, Event]]:
    """Events, those of the bot with the id of their message: the same as when it was answered."""
    turn, number = "", 0
    for event in events:
        if isinstance(event, UserUttered):
            turn, number = str((event.metadata or {}).get("id", "")), 0
        yield f"{turn}.{number}", event
        number += isinstance(event, BotUttered)

"""The web channel: our own widget, served from here, speaking contracts/web-v1.md.

The sender is never taken from the client: it is in a token that this server signed.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import cache, partial
from typing import Any, NamedTuple, Optional

import yaml
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.core.events import Event
from sanic import Blueprint, Sanic
from sanic.exceptions import NotFound, PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw, redirect
from sanic.response import json as json_response

from bot.agent import AlreadyAnswered
from bot.catalogues import Untranslated, translate
from bot.channels.limits import RateLimit
from bot.channels.messages import (
    COMMANDS,
    BadRequest,
    NoDocument,
    NotOffered,
    TooLong,
    WebOutput,
    answer,
    history,
    incoming,
    outgoing,
    paper_of,
    topic_cards,
)
from bot.channels.signing import Signer
from bot.documents import laufzettel, receipt
from bot.documents.typesetting import typeset_aside
from bot.languages import SOURCE_LANGUAGE, direction, own_name
from bot.settings import ROOT, Municipality

logger = logging.getLogger(__name__)

WIDGET = ROOT / "bot/widget"
MAX_LENGTH = 2000
MAX_BODY = 32 * 1024
MAX_CARDS = 8
"""Topics on one Laufzettel."""
FILE_NAMES = {laufzettel.TEMPLATE: "Laufzettel.pdf", receipt.TEMPLATE: "Einwilligung.pdf"}
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[UserMessage], Awaitable[Any]]


class Stranger(Exception):
    """No token of ours, or one that has expired."""


class TooMany(Exception):
    """The sender has to wait; ``args[0]`` is how many seconds."""


REFUSALS: dict[type[Exception], tuple[int, str]] = {
    BadRequest: (400, "bad_request"),
    TooLong: (413, "too_long"),
    NotOffered: (403, "choice_not_offered"),
    NoDocument: (404, "no_document"),
    Stranger: (401, "unknown_conversation"),
    TooMany: (429, "too_many"),
}


class Turn(NamedTuple):
    """One message of a person: what Rasa is told, and what the person sees as said. The first one names the language."""

    conversation_id: str
    message_id: str
    text: str
    said: str = ""
    language: Optional[str] = None


def _error(status: int, code: str, **headers: str) -> HTTPResponse:
    return json_response({"error": {"code": code}}, status=status, headers={**HEADERS, **headers})


@cache
def _strings(language: str) -> dict[str, Any]:
    german = yaml.safe_load((WIDGET / "strings.yml").read_text(encoding="utf-8"))
    try:
        strings = {key: translate(text, "widget", language) for key, text in german.items()}
    except (Untranslated, FileNotFoundError):
        language, strings = SOURCE_LANGUAGE, german
    return {"lang": language, "dir": direction(language), "strings": strings}


class WebChannel(InputChannel):
    """Conversations with the widget."""

    def __init__(self, secret: bytes, conversations_per_minute: int, messages_per_minute: int = 40) -> None:
        """``conversations_per_minute`` bounds what one address may begin; a shelter has many people behind one.

        ``messages_per_minute`` bounds one conversation, half of it at once.
        """
        self._municipality = Municipality.load()
        self._signer = Signer(secret, self._municipality.conversation_seconds)
        self._messages = RateLimit(burst=messages_per_minute // 2, per_minute=messages_per_minute)
        self._conversations = RateLimit(burst=conversations_per_minute, per_minute=conversations_per_minute)
        self._under_way: dict[tuple[str, str], asyncio.Future[list[dict[str, Any]]]] = {}

    @classmethod
    def name(cls) -> str:
        return "web"

    def url_prefix(self) -> str:
        return "chat"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The routes of contracts/web-v1.md."""
        chat = Blueprint("web_channel")

        @chat.get("/", strict_slashes=True)
        async def page(request: Request) -> HTTPResponse:
            return _file("index.html")

        # A link on a letter is typed without its last stroke.
        @chat.get("", strict_slashes=True, name="typed")
        async def typed(request: Request) -> HTTPResponse:
            return redirect("chat/")

        @chat.get("/static/<name:str>")
        async def static(request: Request, name: str) -> HTTPResponse:
            return _file(f"static/{name}")

        @chat.get("/config.json")
        async def config(request: Request) -> HTTPResponse:
            return json_response(self._config(), headers=HEADERS)

        @chat.get("/ui/<name:str>")
        async def strings(request: Request, name: str) -> HTTPResponse:
            language = name.removesuffix(".json")
            if language not in self._municipality.languages:
                raise NotFound
            return json_response(_strings(language), headers=HEADERS)

        @chat.post("/conversations")
        async def begin(request: Request) -> HTTPResponse:
            return await self._begin(request, on_new_message)

        @chat.get("/messages")
        async def restore(request: Request) -> HTTPResponse:
            conversation_id = self._identity(request)
            tracker = await request.app.ctx.agent.tracker_store.retrieve_full_tracker(conversation_id)
            events = tracker.events if tracker else ()
            return json_response(answer(history(events, conversation_id, self._signer) or []), headers=HEADERS)

        @chat.post("/messages")
        async def message(request: Request) -> HTTPResponse:
            return await self._answer(request, on_new_message)

        @chat.delete("/messages")
        async def delete(request: Request) -> HTTPResponse:
            return await self._delete(request)

        @chat.get("/documents/laufzettel.pdf")
        async def slip(request: Request) -> HTTPResponse:
            return await self._document(request, laufzettel.TEMPLATE, self._laufzettel)

        @chat.get("/documents/receipt.pdf")
        async def consents(request: Request) -> HTTPResponse:
            return await self._document(request, receipt.TEMPLATE, self._receipt)

        return chat

    def _config(self) -> dict[str, Any]:
        return {
            "service": {"name": self._municipality.service_name, "short_name": self._municipality.short_name},
            "languages": [{"code": tag, "name": own_name(tag), "dir": direction(tag)} for tag in self._municipality.languages],
            "commands": list(COMMANDS),
            "quick_exit_url": self._municipality.quick_exit_url,
            "max_length": MAX_LENGTH,
        }

    def _language(self, body: Any) -> str:
        language = body.get("language") if isinstance(body, dict) else None
        if language not in self._municipality.languages:
            raise BadRequest
        return str(language)

    def _identity(self, request: Request) -> str:
        """The conversation that a request is of. Raises Stranger."""
        conversation_id = self._signer.identity((request.headers.get("Authorization") or "").removeprefix("Bearer "))
        if conversation_id is None:
            raise Stranger
        return conversation_id

    def _admitted(self, request: Request) -> str:
        """The same, if it may do something just now. Raises Stranger, TooMany."""
        conversation_id = self._identity(request)
        if wait := self._messages.seconds_to_wait(conversation_id):
            raise TooMany(wait)
        return conversation_id

    async def _begin(self, request: Request, handler: Handler) -> HTTPResponse:
        conversation_id, token = self._signer.new_identity()
        if wait := self._conversations.seconds_to_wait(request.ip):
            raise TooMany(wait)
        language = self._language(_body(request))
        text = f"/change_language{json.dumps({'language': language})}"
        messages = await self._turn(request.app, handler, Turn(conversation_id, "conversation", text, language=language))
        return json_response({"token": token, **answer(messages)}, status=201, headers=HEADERS)

    async def _answer(self, request: Request, handler: Handler) -> HTTPResponse:
        conversation_id = self._admitted(request)
        turn = Turn(conversation_id, *incoming(_body(request), conversation_id, self._signer, MAX_LENGTH))
        return json_response(answer(await self._once(request.app, handler, turn)), headers=HEADERS)

    async def _delete(self, request: Request) -> HTTPResponse:
        await request.app.ctx.agent.forget(self._admitted(request))
        return empty(headers=HEADERS)

    async def _document(self, request: Request, template: str, fill: Callable[..., dict[str, Any]]) -> HTTPResponse:
        """A paper made of messages of this conversation; ``fill`` gets their ids, its events, and what renders nodes."""
        conversation_id, agent = self._admitted(request), request.app.ctx.agent
        tracker = await agent.tracker_store.retrieve_full_tracker(conversation_id)
        in_columns = partial(agent.nlg.in_columns, language=agent.nlg.language(tracker)) if tracker else None
        content = fill(request.args.getlist("message") or [], tracker.events if tracker else (), in_columns)
        pdf = await typeset_aside(template, content)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{FILE_NAMES[template]}"'}
        return raw(pdf, content_type="application/pdf", headers=headers)

    def _laufzettel(self, wanted: list[str], events: Iterable[Event], in_columns: Any) -> dict[str, Any]:
        if not 1 <= len(wanted) <= MAX_CARDS:
            raise BadRequest
        return laufzettel.filled(topic_cards(events, wanted), in_columns, self._municipality.service_name)

    def _receipt(self, wanted: list[str], events: Iterable[Event], in_columns: Any) -> dict[str, Any]:
        if len(wanted) != 1:
            raise BadRequest
        return receipt.filled(paper_of(events, wanted[0]), in_columns, self._municipality.service_name)

    async def _once(self, app: Sanic, handler: Handler, turn: Turn) -> list[dict[str, Any]]:
        """The answers to a message; one that is sent again while, or after, it is answered has no second effect."""
        key = (turn.conversation_id, turn.message_id)
        if key in self._under_way:
            return await asyncio.shield(self._under_way[key])
        answers = asyncio.ensure_future(self._turn(app, handler, turn))
        self._under_way[key] = answers
        answers.add_done_callback(lambda _: self._under_way.pop(key, None))
        # The person may hang up; the turn goes on, so that it is whole when the message is sent again.
        return await asyncio.shield(answers)

    async def _turn(self, app: Sanic, handler: Handler, turn: Turn) -> list[dict[str, Any]]:
        output = WebOutput()
        # The language is that of the conversation (a slot); only the first turn has to be told.
        metadata = {"id": turn.message_id, "said": turn.said, **({"language": turn.language} if turn.language else {})}
        try:
            await handler(UserMessage(turn.text, output, turn.conversation_id, input_channel=self.name(), metadata=metadata))
        except AlreadyAnswered as answered:
            return history(answered.events, turn.conversation_id, self._signer, after=turn.message_id) or []
        if not output.messages:
            raise RuntimeError("the turn was not answered")
        return [
            outgoing(message, f"{turn.message_id}.{number}", turn.conversation_id, self._signer)
            for number, message in enumerate(output.messages)
        ]


async def refuse(request: Request, error: Exception) -> HTTPResponse:
    """What is said instead of an answer, whatever fails; what is no fault of the request is logged, without content.

    Sanic's own would log the request, or show what failed.
    """
    if isinstance(error, PayloadTooLarge):
        return _error(413, "too_long")
    if isinstance(error, SanicException):
        return _error(error.status_code, "bad_request")
    status, code = REFUSALS.get(type(error), (503, "unavailable"))
    if status == 503:
        logger.error("a request failed: %s", type(error).__name__)
    headers = {"Retry-After": str(error.args[0])} if isinstance(error, TooMany) else {}
    return _error(status, code, **headers)


def _body(request: Request) -> Any:
    if len(request.body) > MAX_BODY:
        raise TooLong
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error


def _file(name: str) -> HTTPResponse:
    path = (WIDGET / name).resolve()
    if WIDGET.resolve() not in path.parents or not path.is_file():
        raise NotFound(name)
    headers = HEADERS if name.endswith(".html") else {**HEADERS, "Cache-Control": "no-cache"}
    return raw(path.read_bytes(), content_type=CONTENT_TYPES.get(path.suffix, "application/octet-stream"), headers=headers)

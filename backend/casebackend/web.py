"""What surrounds every request: body limit, security headers, and incidents without personal data."""

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casebackend.problems import problem

logger = logging.getLogger("casebackend")

BODY_LIMIT = 256 * 1024

_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_PERSONAL = {"cache-control": "no-store"}

IncidentPage = Callable[[str], str]


def is_api(path: str) -> bool:
    """Whether a path answers machines (problem+json) rather than people (a page)."""
    return path.startswith("/api/") or path == "/healthz"


class SecurityHeaders:
    """Sets the security headers; everything but the static files must not be stored by a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _HEADERS if scope["path"].startswith("/static/") else _HEADERS | _PERSONAL
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *encoded]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Answers 413 to bodies over 256 KiB, whether or not they say how long they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > BODY_LIMIT:
                await problem(413, "too_large")(scope, receive, send)
                return
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                break
        await self._app(scope, _replay(bytes(body), receive), send)


class Incidents:
    """Turns what nobody expected into an answer with an id, and logs where it happened, never the message of it."""

    def __init__(self, app: ASGIApp, page: IncidentPage) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            incident = secrets.token_hex(4)
            logger.error("incident %s: %s", incident, _where(error))
            if not has_started:
                await self._answer(scope["path"], incident)(scope, receive, send)

    def _answer(self, path: str, incident: str) -> Response:
        if is_api(path):
            return problem(500, "internal_error", [{"path": "", "message": f"incident {incident}"}])
        return HTMLResponse(self._page(incident), status_code=500)


def _where(error: Exception) -> str:
    """Type of an error and the lines it passed. Its text is left out: it may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return f"{type(error).__qualname__} at " + " > ".join(f"{Path(f.filename).name}:{f.lineno}" for f in frames)


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay

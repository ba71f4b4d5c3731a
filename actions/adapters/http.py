"""Calls to other systems, and what their answers mean for delivery: try later, or never with this content."""

from __future__ import annotations

import re
from typing import Any, Optional
from urllib.parse import urlsplit

import httpx

from actions.model.errors import BackendRefused, BackendUnavailable


class Unauthorised(BackendUnavailable):
    """Our credentials are not, or no longer, good."""


class Missing(BackendUnavailable):
    """Nothing is at this address."""


TIMEOUT = httpx.Timeout(3.0, connect=1.0)
# Says nothing about the content: wrong credentials or address, too many calls. Mended at the receiver or in our settings.
LATER = frozenset({403, 405, 407, 408, 421, 423, 425, 429})
# Another system's words may repeat what we sent; only what looks like a code is taken from them.
CODE = re.compile(r"[a-z][a-z_]{0,39}")


def client(base_url: str = "", **kwargs: Any) -> httpx.AsyncClient:
    """A client whose calls take three seconds at most, follow no redirects and read no proxy settings."""
    return httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT, trust_env=False, **kwargs)


async def call(connection: httpx.AsyncClient, method: str, url: str, **kwargs: Any) -> httpx.Response:
    """The answer, if it is a 2xx. Raises BackendUnavailable and BackendRefused."""
    try:
        response = await connection.request(method, url, **kwargs)
    except httpx.TransportError as error:
        raise BackendUnavailable(type(error).__name__) from error
    if response.is_success:
        return response
    code, status = _code(response), response.status_code
    if status == httpx.codes.UNAUTHORIZED:
        raise Unauthorised("status 401")
    if status == httpx.codes.NOT_FOUND and code is None:
        # An address that does not exist is a mistake of ours; a case that does not exist comes with a code.
        raise Missing("status 404")
    if not 400 <= status < 500 or status in LATER:
        raise BackendUnavailable(f"status {status}")
    raise BackendRefused(code or f"status_{status}")


def decoded(response: httpx.Response) -> Any:
    """The JSON of an answer. Raises BackendUnavailable where it is none."""
    try:
        return response.json()
    except ValueError:
        raise BackendUnavailable("no json") from None


def secure(url: str) -> str:
    """The address itself. Raises ValueError unless it is HTTPS, or plain HTTP on this machine."""
    parts = urlsplit(url)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1"))):
        raise ValueError("not an https address")
    return url


def _code(response: httpx.Response) -> Optional[str]:
    try:
        code = response.json()["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, str) and CODE.fullmatch(code) else None

"""What the server signs and later believes: conversation identities and offered choices.

HMAC-SHA-256 with a key of its own for each use, derived from one secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any, Optional


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signer:
    """Makes and checks tokens. What is not valid is None, whatever is wrong with it."""

    def __init__(self, secret: bytes, lifetime_seconds: int) -> None:
        """An identity is good for ``lifetime_seconds``."""
        self._lifetime = lifetime_seconds
        self._identity_key = hmac.new(secret, b"web-identity", hashlib.sha256).digest()
        self._choice_key = hmac.new(secret, b"web-choice", hashlib.sha256).digest()

    def new_identity(self) -> tuple[str, str]:
        """A new conversation id (128 random bits) and the token that stands for it."""
        conversation_id = secrets.token_hex(16)
        body = json.dumps([conversation_id, int(time.time()) + self._lifetime]).encode()
        return conversation_id, self._sign(self._identity_key, body)

    def identity(self, token: str) -> Optional[str]:
        """The conversation id of a token that we made and that has not expired."""
        body = self._verify(self._identity_key, token)
        if body is None:
            return None
        conversation_id, expires = body
        return str(conversation_id) if expires > time.time() else None

    def offer(self, conversation_id: str, payload: str, title: str) -> str:
        """A token for a choice, good in this conversation only."""
        return self._sign(self._choice_key, json.dumps([conversation_id, payload, title], ensure_ascii=False).encode())

    def chosen(self, conversation_id: str, token: str) -> Optional[tuple[str, str]]:
        """Payload and title of a choice that was offered in this conversation."""
        body = self._verify(self._choice_key, token)
        if body is None or body[0] != conversation_id:
            return None
        return str(body[1]), str(body[2])

    @staticmethod
    def _sign(key: bytes, body: bytes) -> str:
        return f"{_encode(body)}.{_encode(hmac.new(key, body, hashlib.sha256).digest()[:16])}"

    @staticmethod
    def _verify(key: bytes, token: str) -> Any:
        try:
            encoded, mac = token.split(".")
            body = _decode(encoded)
            if not hmac.compare_digest(_decode(mac), hmac.new(key, body, hashlib.sha256).digest()[:16]):
                return None
            return json.loads(body)
        except (ValueError, TypeError, AttributeError):
            return None

"""Reading the event log of FIT-Connect: signed Security Event Tokens (RFC 8417, PS512), one event each."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from actions.adapters.sealing import public_key

logger = logging.getLogger(__name__)

EVENTS = "https://schema.fitko.de/fit-connect/events/"
SUBMIT, ACCEPT, REJECT = (f"{EVENTS}{name}-submission" for name in ("submit", "accept", "reject"))
ALGORITHM = "PS512"


@dataclass(frozen=True)
class Event:
    """Something that happened to a submission; ``tags`` name the bytes that were accepted (metadata, data)."""

    name: str
    at: datetime
    tags: Optional[tuple[str, str]]


@dataclass(frozen=True)
class EventKeys:
    """The recipient's key to encrypt to, and the keys that events are signed with, by ``kid``."""

    encryption: RSAKey
    recipient: Mapping[str, RSAKey]
    service: Mapping[str, RSAKey]

    @classmethod
    def from_file(cls, path: Path) -> EventKeys:
        """The recipient's public keys: a JWK set with one ``wrapKey`` and at least one ``verify``. Raises ValueError."""
        try:
            keys = json.loads(path.read_text(encoding="utf-8"))["keys"]
            wrapping = [key for key in keys if key.get("key_ops") == ["wrapKey"] and key.get("alg") == "RSA-OAEP-256"]
            recipient = _signing(keys)
            if len(wrapping) != 1 or not recipient or not wrapping[0].get("kid"):
                raise ValueError("one key with wrapKey, RSA-OAEP-256 and a kid, and one with verify and PS512 are needed")
            return cls(public_key(wrapping[0]), recipient, {})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: {error}") from error

    def with_service(self, keys: Sequence[Mapping[str, Any]]) -> EventKeys:
        """Together with the keys that the delivery service itself publishes."""
        try:
            return replace(self, service=_signing(keys))
        except ValueError:
            logger.warning("the keys of the delivery service are unusable")
            return self


def _signing(keys: Sequence[Mapping[str, Any]]) -> dict[str, RSAKey]:
    return {
        str(key["kid"]): public_key(key)
        for key in keys
        if key.get("kid") and key.get("alg") == ALGORITHM and key.get("key_ops") == ["verify"]
    }


def verified(token: str, submission_id: str, destination_id: str, keys: EventKeys) -> Optional[Event]:
    """The event of a token, or None if it cannot be trusted or is about something else.

    Only the recipient's own key says "accepted"; the service's key says "submitted"; both may say "rejected".
    """
    try:
        header = jws.extract_compact(token.encode()).headers()
        claims = json.loads(jws.extract_compact(token.encode()).payload)
        by_recipient = claims["iss"] == destination_id
        key = (keys.recipient if by_recipient else keys.service)[header["kid"]]
        jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
        ((name, details),) = claims["events"].items()
        allowed = {ACCEPT, REJECT} if by_recipient else {SUBMIT, REJECT}
        if header["typ"] != "secevent+jwt" or claims["sub"] != f"submission:{submission_id}" or name not in allowed:
            return None
        tags = details.get("authenticationTags")
        return Event(
            name,
            datetime.fromtimestamp(claims["iat"], timezone.utc),
            (str(tags["metadata"]), str(tags["data"])) if tags else None,
        )
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("an event of the delivery service is not trusted: %s", type(error).__name__)
        return None

"""Receivers of the tests' own, over real HTTP: a webhook, and a delivery service with the public rules of FIT-Connect."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from joserfc import jwe, jws
from joserfc.jwk import RSAKey
from jsonschema import Draft202012Validator

Answer = tuple[int, Any]
Handle = Callable[[str, str, dict[str, str], bytes], Answer]

EVENTS = "https://schema.fitko.de/fit-connect/events/"
SHA512 = {"type": "object", "required": ["type", "content"], "properties": {"type": {"const": "sha512"}}}
# What the public documentation asks of a metadata set (versions 1 and 2 agree on it).
METADATA = Draft202012Validator(
    {
        "type": "object",
        "required": ["$schema", "contentStructure"],
        "properties": {
            "$schema": {"pattern": r"^https://schema\.fitko\.de/fit-connect/metadata/\d+\.\d+\.\d+/metadata\.schema\.json$"},
            "contentStructure": {
                "type": "object",
                "required": ["attachments", "data"],
                "properties": {
                    "attachments": {"type": "array"},
                    "data": {
                        "type": "object",
                        "required": ["hash", "submissionSchema"],
                        "properties": {
                            "hash": SHA512,
                            "submissionSchema": {
                                "type": "object",
                                "required": ["schemaUri", "mimeType"],
                                "properties": {"mimeType": {"enum": ["application/json", "application/xml"]}},
                            },
                        },
                    },
                },
            },
        },
    }
)


@contextmanager
def served(handle: Handle) -> Iterator[str]:
    """The address at which ``handle(method, path, headers, body)`` answers with a status and JSON."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = handle(self.command, self.path, headers, body)
            encoded = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class WebhookReceiver:
    """Keeps what is signed and fresh, by its id; ``answer`` makes it refuse."""

    TOLERANCE_SECONDS = 300

    def __init__(self, secret: bytes) -> None:
        self.secret, self.kept = secret, dict[str, dict[str, Any]]()
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answer: Optional[Answer] = None

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.received.append((headers, body))
        if self.answer is not None:
            return self.answer
        name, moment = headers["webhook-id"], headers["webhook-timestamp"]
        digest = hmac.new(self.secret, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
        given = [signature.removeprefix("v1,") for signature in headers["webhook-signature"].split(" ")]
        if base64.b64encode(digest).decode() not in given:
            return 401, {"code": "bad_signature"}
        if abs(int(moment) - datetime.now(timezone.utc).timestamp()) > self.TOLERANCE_SECONDS:
            return 401, {"code": "too_old"}
        self.kept[name] = json.loads(body)
        return 204, None


@cache
def key_pair(kid: str, use: str, bits: int = 4096) -> RSAKey:
    """A private key with its purpose as FIT-Connect's JWKs name it: ``enc`` or ``sig``. Slow to make, so kept."""
    purpose = {"alg": "RSA-OAEP-256", "use": "enc"} if use == "enc" else {"alg": "PS512", "use": "sig"}
    return RSAKey.generate_key(bits, {"kid": kid, **purpose})


def public_jwk(key: RSAKey) -> dict[str, Any]:
    """The public half, as it is published."""
    jwk = dict(key.as_dict(private=False))
    jwk["key_ops"] = ["wrapKey"] if jwk.pop("use") == "enc" else ["verify"]
    return jwk


class FitConnectService:
    """The delivery service and, behind it, a recipient that really decrypts and checks what it gets."""

    def __init__(self, client_secret: str) -> None:
        self.destination, self.secret = str(uuid4()), client_secret
        self.encryption, self.signing = key_pair("enc-1", "enc"), key_pair("sig-1", "sig")
        self.own = key_pair("service-1", "sig")
        self.submissions: dict[str, dict[str, Any]] = {}
        self.delivered: dict[str, dict[str, Any]] = {}
        self.answer_to_submit: Optional[Answer] = None
        self.lose_next_answer = False
        self._tokens: set[str] = set()

    def recipient_keys(self) -> dict[str, Any]:
        return {"keys": [public_jwk(self.encryption), public_jwk(self.signing)]}

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def __call__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(path).path.strip("/").split("/")
        if (method, parts) == ("POST", ["token"]):
            return self._token(parse_qs(body.decode()))
        if parts == [".well-known", "jwks.json"]:
            return 200, {"keys": [public_jwk(self.own)]}
        if headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return 401, {"title": "no token"}
        if parts[:2] != ["v2", "submissions"]:
            return 404, {"title": "no such thing"}
        if method == "POST" and len(parts) == 2:
            return self._announced(json.loads(body))
        if len(parts) > 2 and parts[2] not in self.submissions:
            return 404, {"title": "no such submission"}
        if method == "PUT" and len(parts) == 3:
            return self._submitted(parts[2], json.loads(body))
        if method == "GET" and parts[3:] == ["events"]:
            log = self.submissions[parts[2]]["log"]
            return 200, {"offset": 0, "count": len(log), "totalCount": len(log), "eventLog": log}
        return 405, {"title": "not here"}

    def _token(self, form: dict[str, list[str]]) -> Answer:
        if form.get("grant_type") != ["client_credentials"] or form.get("client_secret") != [self.secret]:
            return 400, {"error": "invalid_client"}
        self._tokens.add(token := uuid4().hex)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 1800}

    def _announced(self, body: dict[str, Any]) -> Answer:
        UUID(body["destinationId"])
        service = body["publicService"]
        if body["announcedAttachments"] != [] or not service["identifier"].startswith("urn:") or not service["name"]:
            return 422, {"title": "not announced properly"}
        name = str(uuid4())
        self.submissions[name] = {"case": str(uuid4()), "log": [], "tags": None}
        return 201, {"submissionId": name, "caseId": self.submissions[name]["case"], "destinationId": body["destinationId"]}

    def _submitted(self, name: str, body: dict[str, Any]) -> Answer:
        if self.answer_to_submit is not None:
            return self.answer_to_submit
        submission = self.submissions[name]
        if submission["tags"] is not None:
            return 409, {"title": "submitted already"}
        metadata, data = (self._opened(body[part]) for part in ("encryptedMetadata", "encryptedData"))
        structure = json.loads(metadata)
        METADATA.validate(structure)
        if structure["contentStructure"]["data"]["hash"]["content"] != hashlib.sha512(data).hexdigest():
            return 422, {"title": "hash"}
        submission["tags"] = {
            "metadata": body["encryptedMetadata"].rsplit(".", 1)[1],
            "data": body["encryptedData"].rsplit(".", 1)[1],
        }
        payload = json.loads(data)
        self.delivered[name] = payload
        self.happened(name, "submit", self.own, "https://delivery.example")
        if self.lose_next_answer:
            self.lose_next_answer = False
            return 504, None
        return 202, {"submissionId": name}

    def _opened(self, sealed: str) -> bytes:
        assert sealed.count(".") == 4 and len(sealed) >= 776
        opened = jwe.decrypt_compact(sealed, self.encryption, algorithms=["RSA-OAEP-256", "A256GCM"])
        expected = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": self.encryption.kid, "cty": "application/json"}
        assert opened.headers() == expected
        assert opened.plaintext is not None
        return opened.plaintext

    def accept(self, name: str, **changes: Any) -> None:
        """The recipient acknowledges; ``changes`` spoil the event."""
        tags = changes.pop("tags", self.submissions[name]["tags"])
        self.happened(name, "accept", self.signing, self.destination, {"authenticationTags": tags}, **changes)

    def reject(self, name: str) -> None:
        problem = {"type": f"{EVENTS}problems/an-example", "title": "Beispiel", "detail": "Erfunden", "instance": "data"}
        self.happened(name, "reject", self.signing, self.destination, {"problems": [problem]})

    def happened(
        self, name: str, what: str, key: RSAKey, issuer: str, details: Optional[dict[str, Any]] = None, **changes: Any
    ) -> None:
        """Sign an event and write it into the log."""
        claims = {
            "jti": str(uuid4()),
            "iss": issuer,
            "iat": 1795255200,
            "sub": f"submission:{name}",
            "txn": f"case:{self.submissions[name]['case']}",
            "events": {f"{EVENTS}{what}-submission": details or {}},
            **changes,
        }
        header = {"alg": "PS512", "typ": "secevent+jwt", "kid": key.kid}
        token = jws.serialize_compact(header, json.dumps(claims).encode(), key, algorithms=["PS512"])
        self.submissions[name]["log"].append(token)

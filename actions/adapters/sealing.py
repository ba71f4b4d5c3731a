"""Sealing to a recipient: JWE in compact serialisation, RSA-OAEP-256 and A256GCM, with keys of at least 4096 bits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ALGORITHMS = ["RSA-OAEP-256", "A256GCM"]
KEY_BITS = 4096


def recipient_key(path: Path) -> RSAKey:
    """The public key of a recipient: a JWK, or PEM. Raises ValueError if it is none, too short or private."""
    try:
        text = path.read_text(encoding="utf-8")
        return public_key(json.loads(text)) if text.lstrip().startswith("{") else _checked(RSAKey.import_key(text))
    except (OSError, JoseError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def public_key(jwk: Mapping[str, Any]) -> RSAKey:
    """The RSA key of a JWK. Raises ValueError if it is none, too short or private."""
    try:
        # Without its "key_ops": the library looks for "encrypt" where the standards say "wrapKey".
        key = RSAKey.import_key({name: value for name, value in jwk.items() if name not in ("key_ops", "use", "x5c")})
    except JoseError as error:
        raise ValueError(str(error)) from error
    return _checked(key)


def _checked(key: RSAKey) -> RSAKey:
    if key.is_private:
        raise ValueError("a private key; only the recipient may have it")
    if key.raw_value.key_size < KEY_BITS:
        raise ValueError(f"an RSA key of {key.raw_value.key_size} bits; at least {KEY_BITS} are needed")
    return key


def seal(content: bytes, key: RSAKey) -> str:
    """JSON that only the holder of the private key can read."""
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": key.kid or key.thumbprint(), "cty": "application/json"}
    return jwe.encrypt_compact(header, content, key, algorithms=ALGORITHMS)

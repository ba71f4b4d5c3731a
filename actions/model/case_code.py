"""The code with which a person comes back: a capability, known to the person alone.

Twelve characters of Crockford's base 32 (no I, L, O, U): eleven carry 55 bits, the last is a check character, so that a
slip of the pen is told apart from a code that does not exist. At least one is a digit, so that no code reads as words.
Stored only as a hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Optional

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_LOOKALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CANDIDATE = re.compile(r"[0-9A-Za-z]{4}[\s\-–_.]?[0-9A-Za-z]{4}[\s\-–_.]?[0-9A-Za-z]{4}")


def derive(secret: bytes, intake_id: str) -> str:
    """The code of an intake. The same intake always gets the same code, so a repeated submission shows it again."""
    digest = hmac.new(secret, b"case-code:" + intake_id.encode(), hashlib.sha256).digest()
    body = _body(digest)
    while body.isalpha():
        digest = hashlib.sha256(digest).digest()
        body = _body(digest)
    return spell(body + _check_character(body))


def spell(code: str) -> str:
    """The code in groups of four, as it is shown."""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def parse(text: str) -> Optional[str]:
    """The code in a text, in its shown form; None if there is none or its check character is wrong.

    Forgives case, spaces, other hyphens, digits of other scripts, and O, I, L for 0, 1, 1.
    """
    ascii_text = "".join(_ascii_digit(char) for char in unicodedata.normalize("NFKC", text))
    for match in _CANDIDATE.finditer(ascii_text):
        code = re.sub(r"[^0-9A-Za-z]", "", match.group()).upper().translate(_LOOKALIKE)
        if set(code) <= set(ALPHABET) and code[-1] == _check_character(code[:-1]):
            return spell(code)
    return None


def fingerprint(secret: bytes, code: str) -> str:
    """What is stored instead of the code: a keyed hash, 64 hexadecimal digits."""
    return hmac.new(secret, b"case-code-hash:" + code.encode(), hashlib.sha256).hexdigest()


def _ascii_digit(char: str) -> str:
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


def _body(digest: bytes) -> str:
    number, body = int.from_bytes(digest, "big"), ""
    for _ in range(LENGTH - 1):
        number, index = divmod(number, len(ALPHABET))
        body += ALPHABET[index]
    return body


def _check_character(body: str) -> str:
    # Weights coprime to 32 find every single wrong character and every swap of neighbours that differ by an odd number;
    # the rest are caught with the lookup.
    total = sum((2 * position + 1) * ALPHABET.index(char) for position, char in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]

"""The choice of the case system: what is missing or wrong stops the start with a message that names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from actions.adapters.memory import MemoryLedger
from actions.case_systems import chosen
from actions.services.clock import utc_now
from actions.settings import SettingsError
from tests.receivers import key_pair, public_jwk

SECRET = "whsec_" + "A" * 43 + "="


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        chosen(environment)
    return str(error.value)


def written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def test_unknown_system_is_named_with_the_possible_ones() -> None:
    expected = "LOTSE_CASE_BACKEND is 'mail'; possible are bundled, webhook, file_drop, fit_connect"
    assert refusal({"LOTSE_CASE_BACKEND": "mail"}) == expected


@pytest.mark.parametrize(
    ("system", "missing"),
    [
        ("bundled", "LOTSE_BACKEND_URL"),
        ("webhook", "LOTSE_WEBHOOK_URL"),
        ("file_drop", "LOTSE_DROP_FOLDER"),
        ("fit_connect", "LOTSE_FIT_CONNECT_URL"),
    ],
)
def test_missing_setting_is_named(system: str, missing: str) -> None:
    assert refusal({"LOTSE_CASE_BACKEND": system}) == f"{missing} is not set"


@pytest.mark.parametrize(
    ("url", "secrets", "message"),
    [
        ("http://amt.example/in", SECRET, "LOTSE_WEBHOOK_URL: not an https address"),
        ("https://", SECRET, "LOTSE_WEBHOOK_URL: not an https address"),
        ("https://amt.example/in", "geheim", "LOTSE_WEBHOOK_SECRETS: not whsec_ and 24 to 64 bytes in Base64"),
        ("https://amt.example/in", f"{SECRET},whsec_QUJD", "LOTSE_WEBHOOK_SECRETS: not whsec_ and 24 to 64 bytes in Base64"),
    ],
)
def test_webhook_that_would_be_unsafe_is_refused(url: str, secrets: str, message: str) -> None:
    environment = {"LOTSE_CASE_BACKEND": "webhook", "LOTSE_WEBHOOK_URL": url, "LOTSE_WEBHOOK_SECRETS": secrets}
    assert refusal(environment) == message


@pytest.mark.parametrize(
    ("bits", "private", "message"),
    [
        (2048, False, "an RSA key of 2048 bits; at least 4096 are needed"),
        (4096, True, "a private key; only the recipient may have it"),
    ],
)
def test_key_that_would_be_unsafe_is_refused(tmp_path: Path, bits: int, private: bool, message: str) -> None:
    key = key_pair("enc-1", "enc", bits)
    path = written(tmp_path / "key.jwk", key.as_dict(private=True) if private else public_jwk(key))
    environment = {"LOTSE_CASE_BACKEND": "file_drop", "LOTSE_DROP_FOLDER": str(tmp_path), "LOTSE_DROP_KEY": path}
    assert refusal(environment) == f"LOTSE_DROP_KEY: {path}: {message}"


def test_missing_folder_is_named(tmp_path: Path) -> None:
    environment = {"LOTSE_CASE_BACKEND": "file_drop", "LOTSE_DROP_FOLDER": f"{tmp_path}/gone"}
    assert refusal(environment) == f"LOTSE_DROP_FOLDER: {tmp_path}/gone is not a folder"


def test_delivery_service_needs_a_key_to_encrypt_and_one_to_verify(tmp_path: Path) -> None:
    path = written(tmp_path / "keys.jwks", {"keys": [public_jwk(key_pair("enc-1", "enc"))]})
    environment = {
        "LOTSE_CASE_BACKEND": "fit_connect",
        "LOTSE_FIT_CONNECT_URL": "https://delivery.example",
        "LOTSE_FIT_CONNECT_TOKEN_URL": "https://token.example",
        "LOTSE_FIT_CONNECT_CLIENT_ID": "a",
        "LOTSE_FIT_CONNECT_CLIENT_SECRET": "b",
        "LOTSE_FIT_CONNECT_DESTINATION": "c",
        "LOTSE_FIT_CONNECT_SERVICE": "urn:d",
        "LOTSE_FIT_CONNECT_SERVICE_NAME": "e",
        "LOTSE_FIT_CONNECT_KEYS": path,
    }
    wanted = "one key with wrapKey, RSA-OAEP-256 and a kid, and one with verify and PS512 are needed"
    assert refusal(environment) == f"LOTSE_FIT_CONNECT_KEYS: {path}: {wanted}"
    written(tmp_path / "keys.jwks", {"keys": [public_jwk(key_pair("enc-1", "enc")), public_jwk(key_pair("sig-1", "sig"))]})
    system = chosen(environment)(MemoryLedger(), utc_now)
    assert (type(system.backend).__name__, type(system.calendar).__name__) == ("FitConnect", "NoCalendar")


def test_pem_key_will_do_for_files(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(key_pair("enc-1", "enc").as_pem(private=False))
    environment = {
        "LOTSE_CASE_BACKEND": "file_drop",
        "LOTSE_DROP_FOLDER": str(tmp_path),
        "LOTSE_DROP_KEY": f"{tmp_path}/key.pem",
    }
    assert type(chosen(environment)(MemoryLedger(), utc_now).backend).__name__ == "FileDrop"

"""Errors of the API as application/problem+json (RFC 9457) with a stable `code`, and never a value of the request."""

import hmac
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from casebackend.context import Context
from casebackend.errors import Refusal, SchemaViolation, Unauthorised

MEDIA_TYPE = "application/problem+json"


def problem(status: int, code: str, errors: list[dict[str, str]] | None = None) -> JSONResponse:
    """One error answer."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }
    if errors is not None:
        content["errors"] = errors
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def refusal_problem(refusal: Refusal) -> JSONResponse:
    """A refusal of a service as an answer."""
    errors = refusal.errors if isinstance(refusal, SchemaViolation) else None
    return problem(refusal.status, refusal.code, errors)


def validation_problem(error: RequestValidationError) -> JSONResponse:
    """A path or query that breaks its contract: place and kind of the fault."""
    errors = [{"path": ".".join(map(str, part["loc"])), "message": str(part["type"])} for part in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, SchemaViolation.code, errors)


def require_token(request: Request, context: Context) -> None:
    """Let only callers with the bearer token in.

    Raises:
        Unauthorised: the token is missing or another one.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_ours = hmac.compare_digest(token.encode(), context.settings.token.encode())
    if scheme.lower() != "bearer" or not is_ours:
        raise Unauthorised

"""Signing in: passwords, throttling, sessions, and the tokens that protect forms.

A session is a row of the database and a signed cookie that names it, so that signing out ends it everywhere at once.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, Signer
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from casebackend.config import Settings
from casebackend.context import Context
from casebackend.models import LoginThrottle, Role, StaffMember, StaffSession

SESSION_COOKIE = "lotse_session"
FORM_COOKIE = "lotse_form"
SESSION_LENGTH = timedelta(hours=10)
FREE_TRIES = 5
THROTTLE_WAIT = timedelta(minutes=10)

_hasher = PasswordHasher()
# Verified for unknown logins, so that they take as long as known ones.
_DECOY_HASH = _hasher.hash(secrets.token_hex(16))


class SignInNeeded(Exception):
    """The page needs somebody who is signed in."""


class TooManyTries(Exception):
    """This login and address must wait."""


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and the token their forms must carry."""

    staff: StaffMember
    form_token: str

    @property
    def sees_cases(self) -> bool:
        return self.staff.role == Role.CASE_MANAGER


def hash_password(password: str) -> str:
    """Argon2id with the defaults of argon2-cffi (RFC 9106, low memory)."""
    return _hasher.hash(password)


def fits(password: str, password_hash: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def count_try(session: Session, settings: Settings, login: str, address: str, now: datetime) -> str:
    """Count a try before it is looked at, so that tries at the same time cannot slip through. Returns its key.

    Raises:
        TooManyTries: five tries failed and the wait is not over.
    """
    key = _keyed(settings, "throttle", f"{login.strip().casefold()}|{address}")
    session.execute(delete(LoginThrottle).where(LoginThrottle.last_try_at <= now - THROTTLE_WAIT))
    throttle = session.get(LoginThrottle, key, with_for_update=True)
    if throttle is None:
        try:
            with session.begin_nested():
                session.add(LoginThrottle(key=key, tries=1, last_try_at=now))
            return key
        except IntegrityError:
            throttle = session.get_one(LoginThrottle, key, with_for_update=True)
    if throttle.tries >= FREE_TRIES:
        raise TooManyTries
    throttle.tries += 1
    throttle.last_try_at = now
    return key


def find_by_password(session: Session, login: str, password: str) -> StaffMember | None:
    """Whose login and password these are; takes the same time if the login is unknown."""
    staff = session.scalar(select(StaffMember).where(StaffMember.login == login.strip().casefold()))
    is_right = fits(password, staff.password_hash if staff else _DECOY_HASH)
    return staff if is_right else None


def open_session(session: Session, settings: Settings, staff_id: int, throttle_key: str, now: datetime) -> str:
    """Begin a session. Returns the value of its cookie."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    session.execute(delete(LoginThrottle).where(LoginThrottle.key == throttle_key))
    name = secrets.token_urlsafe(32)
    session.add(StaffSession(id=_session_id(name), staff_id=staff_id, expires_at=now + SESSION_LENGTH))
    return _signer(settings).sign(name).decode()


def close_session(session: Session, name: str) -> None:
    """End a session."""
    session.execute(delete(StaffSession).where(StaffSession.id == _session_id(name)))


def new_form_cookie(settings: Settings) -> tuple[str, str]:
    """A cookie for a form before sign-in, and the token that goes with it."""
    name = secrets.token_urlsafe(16)
    return _signer(settings).sign(name).decode(), form_token(settings, name)


def form_token(settings: Settings, name: str) -> str:
    """The token of the forms of one session; it cannot be made without the session secret."""
    return _keyed(settings, "form", name)


def cookie_name(request: Request, settings: Settings, cookie: str) -> str | None:
    """What a signed cookie names, or None if it is missing or not signed by us."""
    try:
        return _signer(settings).unsign(request.cookies.get(cookie, "")).decode()
    except BadSignature:
        return None


def set_cookie(response: Response, request: Request, cookie: str, value: str) -> None:
    """A session cookie: for this site only, out of reach of scripts, and encrypted where the page is."""
    response.set_cookie(cookie, value, httponly=True, samesite="strict", secure=request.url.scheme == "https", path="/")


def check_form_token(expected: str, given: str) -> None:
    """Refuse a form that was not sent from our page.

    Raises:
        HTTPException: 403.
    """
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise HTTPException(403)


def sign_in_redirect(request: Request, _error: Exception) -> Response:
    """To the sign-in page, and back afterwards."""
    target = request.url.path
    if request.method == "GET" and request.url.query:
        target += f"?{request.url.query}"
    query = "" if target == "/" or request.method != "GET" else f"?weiter={quote(target, safe='')}"
    return RedirectResponse(f"/anmelden{query}", status_code=303)


def _visitor(request: Request, context: Context) -> Visitor:
    name = cookie_name(request, context.settings, SESSION_COOKIE)
    if name is None:
        raise SignInNeeded
    with context.database.read() as session:
        row = session.get(StaffSession, _session_id(name))
        if row is None or row.expires_at <= context.clock():
            raise SignInNeeded
        staff = row.staff
        session.expunge(staff)
    return Visitor(staff, form_token(context.settings, name))


def _case_visitor(visitor: Annotated[Visitor, Depends(_visitor)]) -> Visitor:
    if not visitor.sees_cases:
        raise HTTPException(403)
    return visitor


def _coordination_visitor(visitor: Annotated[Visitor, Depends(_visitor)]) -> Visitor:
    if visitor.sees_cases:
        raise HTTPException(403)
    return visitor


def _checked_form(visitor: Annotated[Visitor, Depends(_visitor)], form_token: Annotated[str, Form()] = "") -> None:
    check_form_token(visitor.form_token, form_token)


def _keyed(settings: Settings, purpose: str, text: str) -> str:
    return hmac.new(settings.session_secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def _session_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _signer(settings: Settings) -> Signer:
    return Signer(settings.session_secret, salt="casebackend.cookie", digest_method=hashlib.sha256)


SignedIn = Annotated[Visitor, Depends(_visitor)]
CaseManager = Annotated[Visitor, Depends(_case_visitor)]
Coordination = Annotated[Visitor, Depends(_coordination_visitor)]
CheckedForm = Depends(_checked_form)

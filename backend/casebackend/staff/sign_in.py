"""Signing in and out."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from casebackend.context import Context
from casebackend.staff import access
from casebackend.staff.access import CheckedForm, SignedIn
from casebackend.staff.pages import Pages, Renderer, text

router = APIRouter()


@router.get("/anmelden")
def show_sign_in(request: Request, context: Context, pages: Pages, weiter: str = "", bye: bool = False) -> Response:
    """The form."""
    message = text("sign_in.bye") if bye else None
    return _form(request, context, pages, weiter=weiter, message=message)


@router.post("/anmelden")
def sign_in(
    request: Request,
    context: Context,
    pages: Pages,
    login: Annotated[str, Form(max_length=120)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    weiter: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Check login and password; every failure but waiting is told in the same words."""
    settings, now = context.settings, context.clock()
    name = access.cookie_name(request, settings, access.FORM_COOKIE)
    if name is None:
        return _form(request, context, pages, weiter=weiter, login=login, error=text("sign_in.stale"), status=403)
    access.check_form_token(access.form_token(settings, name), form_token)
    client = request.client.host if request.client else ""
    try:
        with context.database.write() as session:
            throttle_key = access.count_try(session, settings, login, client, now)
    except access.TooManyTries:
        return _form(request, context, pages, weiter=weiter, login=login, error=text("sign_in.wait"), status=429)
    with context.database.read() as session:
        staff = access.find_by_password(session, login, password)
    if staff is None:
        return _form(request, context, pages, weiter=weiter, login=login, error=text("sign_in.failed"), status=401)
    with context.database.write() as session:
        cookie = access.open_session(session, settings, staff.id, throttle_key, now)
    response = RedirectResponse(_local(weiter), status_code=303)
    response.delete_cookie(access.FORM_COOKIE)
    access.set_cookie(response, request, access.SESSION_COOKIE, cookie)
    return response


@router.post("/abmelden", dependencies=[CheckedForm])
def sign_out(request: Request, context: Context, visitor: SignedIn) -> Response:
    """End the session, in the database and in the browser."""
    name = access.cookie_name(request, context.settings, access.SESSION_COOKIE)
    if name is not None:
        with context.database.write() as session:
            access.close_session(session, name)
    response = RedirectResponse("/anmelden?bye=1", status_code=303)
    response.delete_cookie(access.SESSION_COOKIE)
    return response


def _form(
    request: Request,
    context: Context,
    pages: Renderer,
    *,
    weiter: str,
    login: str = "",
    message: str | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    cookie, token = access.new_form_cookie(context.settings)
    response = pages.page(
        "sign_in.html",
        status=status,
        visitor=None,
        form_token=token,
        weiter=weiter,
        login=login,
        message=message,
        error=error,
    )
    access.set_cookie(response, request, access.FORM_COOKIE, cookie)
    return response


def _local(target: str) -> str:
    """Where to go after signing in: only ever a page of ours."""
    return target if re.fullmatch(r"/(?![/\\])[\w/?=&%.+-]*", target) else "/"

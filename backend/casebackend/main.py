"""The application: API, staff pages and health, put together from settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from casebackend.appointments.api import router as appointments_api
from casebackend.clock import Clock, utc_now
from casebackend.config import Settings
from casebackend.context import AppContext, Context
from casebackend.contracts import Contracts
from casebackend.db import Database, DatabaseNotReady
from casebackend.errors import Refusal
from casebackend.intakes.api import router as intakes_api
from casebackend.problems import problem, refusal_problem, require_token, validation_problem
from casebackend.staff import pages
from casebackend.staff.access import SignInNeeded, sign_in_redirect
from casebackend.staff.routes import router as staff_pages
from casebackend.web import BodyLimit, Incidents, SecurityHeaders, is_api

_STATIC = Path(__file__).parent / "staff" / "static"


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """Put the application together. The database is first asked when a request needs it."""
    context = AppContext(settings, Database(settings.database_url), Contracts(settings.contracts_dir), clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        context.database.close()

    app = FastAPI(title="KIM-Lotse case backend", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.context = context
    app.state.renderer = pages.Renderer(context)

    api = APIRouter(prefix="/api/v1", dependencies=[Depends(require_token)])
    api.include_router(intakes_api)
    api.include_router(appointments_api)
    app.include_router(api)
    app.include_router(staff_pages)
    app.add_api_route("/healthz", _health, methods=["GET"])
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    _add_error_answers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Incidents, page=app.state.renderer.incident)
    app.add_middleware(SecurityHeaders)
    return app


def _health(context: Context) -> JSONResponse:
    try:
        context.database.ping()
    except DatabaseNotReady:
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, "database_unreachable")
    return JSONResponse({"status": "ok"})


def _add_error_answers(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, sign_in_redirect)

    @app.exception_handler(Refusal)
    def on_refusal(request: Request, error: Refusal) -> Response:
        if is_api(request.url.path):
            return refusal_problem(error)
        return pages.renderer_of(request).problem(error.status)

    @app.exception_handler(RequestValidationError)
    def on_invalid_request(request: Request, error: RequestValidationError) -> Response:
        if is_api(request.url.path):
            return validation_problem(error)
        return pages.renderer_of(request).problem(HTTPStatus.NOT_FOUND)

    @app.exception_handler(HTTPException)
    def on_http_error(request: Request, error: HTTPException) -> Response:
        if is_api(request.url.path):
            return problem(error.status_code, HTTPStatus(error.status_code).name.lower())
        return pages.renderer_of(request).problem(error.status_code)

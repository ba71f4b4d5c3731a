"""What every request needs: made once in `create_app`, handed to the routes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from casebackend.clock import Clock
from casebackend.config import Settings
from casebackend.contracts import Contracts
from casebackend.db import Database


@dataclass(frozen=True)
class AppContext:
    """The parts of one running application."""

    settings: Settings
    database: Database
    contracts: Contracts
    clock: Clock


def _context(request: Request) -> AppContext:
    context: AppContext = request.app.state.context
    return context


async def _raw_body(request: Request) -> bytes:
    return await request.body()


Context = Annotated[AppContext, Depends(_context)]
RawBody = Annotated[bytes, Depends(_raw_body)]

"""All staff pages."""

from fastapi import APIRouter

from casebackend.staff import calendar, cases, coordination, inbox, interpreters, sign_in

router = APIRouter()
for part in (sign_in, inbox, cases, calendar, interpreters, coordination):
    router.include_router(part.router)

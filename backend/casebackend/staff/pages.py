"""Rendering: templates, the texts that code chooses, and the error pages."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import yaml
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from casebackend.context import AppContext
from casebackend.staff import formatting, reading

_TEXTS = yaml.safe_load((Path(__file__).parent / "texts.yml").read_text(encoding="utf-8"))


def text(key: str) -> str:
    """A sentence of texts.yml, by `group.name`."""
    group, name = key.split(".")
    return str(_TEXTS[group][name])


@lru_cache
def _environment(zone: ZoneInfo) -> Environment:
    environment = Environment(
        loader=PackageLoader("casebackend", "staff/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        date_time=partial(formatting.date_time, zone=zone),
        long_day=partial(formatting.long_day, zone=zone),
        clock_time=partial(formatting.clock_time, zone=zone),
        language_name=formatting.language_name,
        direction=formatting.direction,
        moment=datetime.fromisoformat,
    )
    environment.globals.update(contact_link=formatting.contact_link)
    return environment


class Renderer:
    """Fills templates with what every page needs."""

    def __init__(self, context: AppContext) -> None:
        municipality, codes = context.settings.municipality, context.contracts.codes
        self._clock = context.clock
        self._environment = _environment(municipality.zone)
        self._shared = {
            "codes": codes,
            "signals_of": partial(reading.signals, codes=codes),
            "further_of": partial(reading.further, codes=codes),
            "own_consents": _TEXTS["own_consent"],
            "consents_of": partial(reading.consents, codes=codes),
            "provenances": _TEXTS["provenance"],
            "municipality": municipality,
        }

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page as an answer."""
        return HTMLResponse(self._render(template, **values), status_code=status)

    def problem(self, status: int) -> HTMLResponse:
        """An error page."""
        return HTMLResponse(self._problem(status), status_code=status)

    def incident(self, incident: str) -> str:
        """The page for what nobody expected; `incident` is the number to ask about."""
        return self._problem(500, incident)

    def _problem(self, status: int, incident: str | None = None) -> str:
        words: Mapping[str, str] = _TEXTS["problem"].get(status, _TEXTS["problem"]["other"])
        return self._render("problem.html", visitor=None, words=words, incident=incident)

    def _render(self, template: str, **values: Any) -> str:
        now = self._clock()
        relative = partial(formatting.relative, now=now)
        return self._environment.get_template(template).render(self._shared, now=now, relative=relative, **values)


def address(path: str, values: Mapping[str, str | int]) -> str:
    """A path with a query; empty values are left out."""
    query = urlencode({key: value for key, value in values.items() if value != ""})
    return f"{path}?{query}" if query else path


def renderer_of(request: Request) -> Renderer:
    """The renderer of this application."""
    renderer: Renderer = request.app.state.renderer
    return renderer


Pages = Annotated[Renderer, Depends(renderer_of)]

"""Where things are and what the environment says, for everything below ``bot``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

import yaml

ROOT = Path(__file__).resolve().parent.parent

PURGE_EVERY_SECONDS = 600


class SettingsError(Exception):
    """A setting is missing or unusable; the message names it."""


def needed(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """A variable that must be set. Raises SettingsError."""
    value = environment.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


@dataclass(frozen=True)
class PageSource:
    """The municipality's own pages in an Integreat CMS (``pages`` of the profile); no ``languages``: all that there are."""

    address: str
    region: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Municipality:
    """What the bot says about whose service it is (data/municipalities/<tenant>/profile.yml)."""

    tenant: str
    name: str
    name_in: str
    """In a German sentence: "in Düsseldorf", "im Kreis Warendorf"."""
    service_name: str
    short_name: str
    languages: tuple[str, ...]
    """Those of the chat, drafts last."""
    spoken_languages: tuple[str, ...]
    time_zone: str
    conversation_hours: int
    quick_exit_url: str
    pages: Optional[PageSource]

    @property
    def conversation_seconds(self) -> int:
        """How old a conversation gets. Less than is promised, by the time that passes between two purges."""
        return self.conversation_hours * 3600 - PURGE_EVERY_SECONDS

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, tenant: str = "") -> Municipality:
        tenant = tenant or os.environ.get("LOTSE_MUNICIPALITY", "duesseldorf")
        path = ROOT / "data/municipalities" / tenant / "profile.yml"
        try:
            data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls(
                tenant=tenant,
                name=data["name"],
                name_in=data.get("name_in", f"in {data['name']}"),
                service_name=data["service_name"],
                short_name=data["short_name"],
                languages=(*data["languages"], *data.get("draft_languages", ())),
                spoken_languages=tuple(data["spoken_languages"]),
                time_zone=data["time_zone"],
                conversation_hours=int(data["retention"]["conversation_hours"]),
                quick_exit_url=data["quick_exit_url"],
                pages=_page_source(data.get("pages")),
            )
        except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
            raise SettingsError(f"{path}: {type(error).__name__}: {error}") from error


def _page_source(data: Optional[Mapping[str, Any]]) -> Optional[PageSource]:
    return PageSource(data["address"], data["region"], tuple(data.get("languages", ()))) if data else None

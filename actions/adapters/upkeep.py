"""The dates in the files that KI staff maintain: until when each holds, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from actions.adapters.files import ContentError
from actions.model.upkeep import A_YEAR, Dated

FILES = ("profile", "places", "directory", "routing")


def dated_content(root: Path, tenants: list[str]) -> list[Dated]:
    """All that is shown with a date: topics and passages, and of each municipality what its files say. Raises ContentError.

    Drafts are not shown and demo records are no promise; neither is here.
    """
    try:
        shared = [*_published(root / "data/orientation"), *_published(root / "data/passages")]
        return shared + [item for tenant in tenants for item in _municipality(root / "data/municipalities" / tenant)]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise ContentError(f"dates of the content: {type(error).__name__}: {error}") from error


def _published(folder: Path) -> Iterator[Dated]:
    for path in sorted(folder.glob("*.yml")):
        data = _load(path)
        if data["status"] == "published":
            yield Dated(data["owner"], f"{folder.name}/{path.name}", data["valid_until"])


def _municipality(folder: Path) -> Iterator[Dated]:
    for name in FILES:
        data, file = _load(folder / f"{name}.yml"), f"{folder.name}/{name}.yml"
        yield Dated(data["owner"], file, data["reviewed"] + A_YEAR)
        for entry in (*data.get("services", ()), *data.get("locations", ()), *data.get("service_at_location", ())):
            if entry.get("assured_date"):
                yield Dated(data["owner"], f"{file}: {entry['id']}", _day(entry["assured_date"]) + A_YEAR)
        for rule in data.get("rules", ()):
            until = min(_day(rule["date"]) + A_YEAR, _day(rule.get("valid_until") or date.max))
            yield Dated(rule["owner"], f"{file}: {rule['id']}", until)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))

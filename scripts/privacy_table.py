"""The retention table of docs/privacy.md, made from the periods by which the programs really delete.

    python scripts/privacy_table.py            # write it
    python scripts/privacy_table.py --check    # 1 if the file has another one

Periods: ``retention`` in data/municipalities/*/profile.yml, and of the backend its hold and its sessions.
Rows: docs/retention.yml.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/privacy.md"
BEGIN, END = "<!-- retention: begin, made by scripts/privacy_table.py -->", "<!-- retention: end -->"


def periods(root: Path = ROOT) -> dict[str, dict[str, int]]:
    """The periods of each municipality, by its name."""
    found, access = {}, (root / "backend/casebackend/staff/access.py").read_text(encoding="utf-8")
    # The backend cannot be imported here: it has an environment of its own.
    session = next(re.finditer(r"^SESSION_LENGTH = timedelta\(hours=(\d+)\)$", access, re.MULTILINE))
    fixed = {"staff_session_hours": int(session[1])}
    for path in sorted((root / "data/municipalities").glob("*/profile.yml")):
        profile, booking = _load(path), _load(root / f"backend/casebackend/municipalities/{path.parent.name}.yml")["booking"]
        found[profile["name"]] = {**profile["retention"], **fixed, "hold_minutes": booking["hold_minutes"]}
    return found


def rows(root: Path = ROOT) -> list[Mapping[str, str]]:
    """The rows, with placeholders where a period stands."""
    return list(_load(root / "docs/retention.yml"))


def table(rows_: list[Mapping[str, str]], periods_: Mapping[str, Mapping[str, int]]) -> str:
    """The table in Markdown; municipalities that differ are named. Raises KeyError for a period that no profile has."""
    lines = ["| what | where | how long | ended by |", "|---|---|---|---|"]
    for row in rows_:
        each = {name: row["period"].format_map(values) for name, values in periods_.items()}
        different = set(each.values())
        period = different.pop() if len(different) == 1 else "; ".join(f"{name}: {text}" for name, text in each.items())
        lines.append(f"| {row['what']} | {row['where']} | {period} | {row['ended_by']} |")
    return "\n".join(lines)


def with_table(page: str, made: str) -> str:
    """A page with this table between its markers. Raises ValueError if it has none."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise ValueError("no markers")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def main() -> int:
    """Write the table, or only compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    page = PAGE.read_text(encoding="utf-8")
    made = with_table(page, table(rows(), periods()))
    if parser.parse_args().check:
        return int(made != page)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

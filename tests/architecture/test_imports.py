"""The order of the layers: model ← services ← adapters ← runtime ← actions; bot and actions never meet."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def imports(path: Path) -> set[str]:
    """The modules that a file imports, at any depth of the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        (
            "actions/model",
            ("rasa", "rasa_sdk", "sqlalchemy", "httpx", "actions.services", "actions.adapters", "actions.runtime", "bot"),
        ),
        ("actions/services", ("rasa", "rasa_sdk", "sqlalchemy", "httpx", "actions.adapters", "actions.runtime", "bot")),
        ("actions/adapters", ("rasa", "rasa_sdk", "actions.runtime", "bot")),
        ("actions", ("rasa", "bot", "casebackend")),
        ("bot", ("actions", "rasa_sdk", "casebackend")),
        ("backend/casebackend", ("actions", "bot", "rasa", "rasa_sdk")),
    ],
)
def test_layer_imports_nothing_above_it(folder: str, forbidden: tuple[str, ...]) -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / folder).rglob("*.py")
        for module in imports(path)
        if any(module == name or module.startswith(name + ".") for name in forbidden)
    }
    assert wrong == set()


def test_every_journey_has_its_domain_and_rules_under_one_name() -> None:
    names = {path.stem for path in (ROOT / "bot/domain").glob("*.yml")}
    assert names == {path.stem for path in (ROOT / "data/rules").glob("*.yml")}

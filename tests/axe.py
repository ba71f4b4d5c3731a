"""axe-core in a page of the tests' browser: what hinders people with disabilities, as far as a program can see it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.servers import missing

SOURCE = Path(__file__).resolve().parent.parent / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now, one line per element."""
    if not SOURCE.exists():
        missing("axe")
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({ runOnly: tags }).then(({ violations }) => violations)", TAGS)
    return [f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')}" for rule in found for node in rule["nodes"]]

"""Fetch the pages of the municipalities that name a source in their profile (``pages``): ``python scripts/synchronise_pages.py``.

With ids of municipalities, only theirs. Run it from a timer; what is not configured is not fetched, and pages whose source was
taken out of the profile are deleted. Where they lie: ``var/pages``, or ``LOTSE_PAGES``. Ends with 1 if a last good copy had to be
kept, so that the timer tells. See docs/municipality.md.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.nlu.encoder import default_encoder  # noqa: E402 - the path comes first
from bot.retrieval.lookup import folder_of  # noqa: E402 - the path comes first
from bot.retrieval.synchronise import forget, load_pages, refresh, synchronise  # noqa: E402 - the path comes first
from bot.settings import Municipality, PageSource, SettingsError  # noqa: E402 - the path comes first


def update(source: Optional[PageSource], folder: Path) -> tuple[str, bool]:
    """Bring one folder up to date; what to say about it, and whether all could be fetched."""
    if source is None:
        forget(folder)
        return "no pages configured", True
    report = synchronise(source, folder)
    if load_pages(folder):
        refresh(folder, default_encoder())
    counts = f"{report.new} new, {report.changed} changed, {report.removed} removed"
    kept = f"; last good copy kept: {', '.join(report.kept)}" if report.kept else ""
    return counts + kept, not report.kept


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Print a line per municipality; 2 for one that there is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("municipalities", nargs="*", metavar="ID")
    wanted = parser.parse_args(arguments).municipalities
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    known = sorted(path.parent.name for path in (ROOT / "data/municipalities").glob("*/profile.yml"))
    whole = True
    for tenant in wanted or known:
        try:
            told, fetched = update(Municipality.load(tenant).pages, folder_of(tenant))
        except SettingsError as error:
            print(error, file=sys.stderr)
            return 2
        print(f"{tenant}: {told}")
        whole = whole and fetched
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())

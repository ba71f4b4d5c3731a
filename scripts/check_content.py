"""What is out of date, per owner: ``python scripts/check_content.py [municipality …]``; without one, all of data/municipalities.

Lists what has expired and what will within 30 days: topics, passages, checked entries of the directory, routing rules, and the
files of a municipality with their sources. For cron: silent with exit code 0 if there is nothing to do, else 1.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from actions.adapters.files import ContentError  # noqa: E402 - the path comes first
from actions.adapters.upkeep import dated_content  # noqa: E402 - the path comes first
from actions.model.upkeep import due  # noqa: E402 - the path comes first


def main(arguments: list[str]) -> int:
    tenants = sorted(path.name for path in (ROOT / "data/municipalities").iterdir() if path.is_dir())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("municipality", nargs="*", help=f"of {', '.join(tenants)}")
    parser.add_argument("--on", type=date.fromisoformat, default=date.today(), help="as if it were this day (YYYY-MM-DD)")
    chosen = parser.parse_args(arguments)
    try:
        owners = due(dated_content(ROOT, chosen.municipality or tenants), chosen.on)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    for owner in owners:
        print(owner.owner)
        for item in owner.expired:
            print(f"  expired on {item.until}: {item.name}")
        for item in owner.soon:
            print(f"  until {item.until}: {item.name}")
    return 1 if owners else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Makes the two Python environments from the hash locks: ``python3 scripts/setup.py [--dev]``; for the tests also axe.

Finds a Python 3.10 for bot and actions and a newer one for the backend on PATH or in pyenv; where one is missing, uv brings
it. An environment is made again only when its lock has changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-tools"


def find_python(versions: tuple[str, ...]) -> Optional[str]:
    """The path of the first of these Python versions that runs here; None if none does."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in versions:
        installed = sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)
        candidates = [str(path) for path in installed]
        if named := shutil.which(f"python{version}"):
            candidates.append(named)
        for candidate in candidates:
            probe = f"import sys; sys.exit('.'.join(map(str, sys.version_info[:2])) != '{version}')"
            if subprocess.run([candidate, "-c", probe], capture_output=True, check=False).returncode == 0:
                return candidate
    return None


def uv() -> str:
    """A uv to install with, in an environment of its own if there is none on PATH."""
    if found := shutil.which("uv"):
        return found
    if not (TOOLS / "bin/uv").exists():
        venv.create(TOOLS, with_pip=True)
        subprocess.run([str(TOOLS / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "uv>=0.5"], check=True)
    return str(TOOLS / "bin/uv")


def make(environment: Path, versions: tuple[str, ...], lock: Path) -> None:
    """Bring an environment to exactly what a lock says."""
    stamp = environment / "lock.sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = find_python(versions) or versions[0]
    print(f"{environment.relative_to(ROOT)}: Python {versions[0]} from {python}", flush=True)
    quiet = {**os.environ, "UV_NO_PROGRESS": "1"}
    subprocess.run([uv(), "venv", "--quiet", "--clear", "--python", python, str(environment)], check=True, env=quiet)
    subprocess.run(
        [uv(), "pip", "sync", "--quiet", "--require-hashes", "--python", str(environment / "bin/python"), str(lock)],
        check=True,
        env=quiet,
    )
    stamp.write_text(wanted)


def install_axe() -> None:
    """Bring ``node_modules`` to what package-lock.json says; npm compares the hashes."""
    lock = ROOT / "package-lock.json"
    stamp = ROOT / "node_modules/lock.sha256"
    if stamp.exists() and stamp.read_text() == _digest(lock):
        return
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], check=True, cwd=ROOT)
    stamp.write_text(_digest(lock))


def main() -> int:
    """Make both environments."""
    suffix = "-dev" if "--dev" in sys.argv[1:] else ""
    existing = ROOT / ".venv/lock.sha256"
    if not suffix and existing.exists() and existing.read_text() == _digest(ROOT / "requirements-dev.lock"):
        return 0
    make(ROOT / ".venv", ("3.10",), ROOT / f"requirements{suffix}.lock")
    make(ROOT / "backend/.venv", ("3.12", "3.11", "3.13"), ROOT / f"backend/requirements{suffix}.lock")
    if suffix:
        install_axe()
    return 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())

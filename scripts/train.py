"""Trains the model if its data changed: ``python scripts/train.py``. Validates first, because Rasa trains before it looks."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "var/models"
DATA = ("bot/domain", "data/nlu", "data/rules", "config.yml")
SOURCES = ("bot/nlu", "requirements.lock")


def fingerprint() -> str:
    """A digest of everything that the model is made of."""
    digest = hashlib.sha256()
    for name in (*DATA, *SOURCES):
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix in (".yml", ".py", ".lock"):
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def telling(output: str) -> list[str]:
    """The lines of Rasa's output that say what is wrong: not that actions utter most responses, nor how it was deprecated."""
    noise = ("is not used in any story or rule", "is not found in the NLU training data", "Deprecat", "/site-packages/")
    lines = [line.split("UserWarning: ")[-1] for line in output.splitlines() if "DeprecationWarning" not in line]
    return [line for line in lines if line.strip() and not any(word in line for word in noise)][-40:]


def main() -> int:
    """Validate and train; 0 if a model that fits the data is there afterwards."""
    model = MODELS / f"{fingerprint()}.tar.gz"
    if model.exists():
        return 0
    MODELS.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        # Training is the one time when nobody waits for an answer on the other processor.
        "OMP_NUM_THREADS": str(os.cpu_count() or 1),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    domain, *data, config = DATA
    common = ["--domain", domain, "--data", *data, "--config", config]
    print("training the model (some minutes) …", flush=True)
    for arguments in (
        ["data", "validate", "--fail-on-warnings", *common],
        ["train", "--augmentation", "0", "--out", str(MODELS), "--fixed-model-name", model.name.removesuffix(".tar.gz"), *common],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "rasa", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            print("\n".join(telling(done.stdout + done.stderr)), file=sys.stderr)
            return done.returncode
    for old in MODELS.glob("*.tar.gz"):
        if old != model:
            old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

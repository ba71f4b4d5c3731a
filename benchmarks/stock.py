"""A stock Rasa beside ours: made from our training data, with the pipeline, policies, store and channel of ``rasa init``."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HTTP_INTENT, FORM_INTENT = "ask_housing", "start_counselling"
FORM_SLOTS = ("goal", "name", "contact", "talk_language")
STORIES = (("greet", HTTP_INTENT, "thank", "goodbye"), ("ask_about_kim", "ask_work"), ("greet", "ask_privacy", "goodbye"))
PROGRESS = re.compile(r"to train component '(\w+)'|Epochs: 100%\|[^|]*\| (\d+)/\2 \[([\d:]+)<")
ACTIONS = """from rasa_sdk import Action


class ActionHousing(Action):
    def name(self):
        return "action_housing"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="{text}")
        return []
"""


class StockError(Exception):
    """The stock assistant cannot be trained or started; the message says where its log is."""


def intents(nlu: Path) -> dict[str, list[tuple[str, str]]]:
    """The examples of each intent as (language, text)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(nlu.rglob("*.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for entry in (entry for entry in entries if "intent" in entry):
            texts = [line.removeprefix("- ").strip() for line in entry["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(entry["intent"], []).extend((path.parent.name, text) for text in texts)
    return found


def default_config(epochs: int) -> dict[str, Any]:
    """Rasa's own default configuration, with this number of epochs wherever it trains a network."""
    spec = importlib.util.find_spec("rasa")
    if spec is None or spec.origin is None:
        raise StockError("rasa is not installed here")
    path = Path(spec.origin).parent / "engine/recipes/config_files/default_config.yml"
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for part in (*config["pipeline"], *config["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    return {**config, "assistant_id": "stock"}


def answer_text(name: str) -> str:
    """What the stock assistant says: as long as ours, and it names what was understood."""
    return f"{name}: " + "Hier finden Sie Hilfe beim Ankommen. Sie können einfach fragen. " * 4


def _domain(names: list[str]) -> dict[str, Any]:
    responses = {f"utter_{name}": [{"text": answer_text(name)}] for name in names if name not in (HTTP_INTENT, FORM_INTENT)}
    responses |= {f"utter_ask_{slot}": [{"text": answer_text(f"form {slot}")}] for slot in FORM_SLOTS}
    responses["utter_submit"] = [{"text": answer_text("form submit")}]
    slots = {
        slot: {
            "type": "text",
            "influence_conversation": False,
            "mappings": [{"type": "from_text", "conditions": [{"active_loop": "intake_form", "requested_slot": slot}]}],
        }
        for slot in FORM_SLOTS
    }
    return {
        "version": "3.1",
        "intents": [*names, "nlu_fallback"],
        "slots": slots,
        "responses": responses,
        "actions": ["action_housing"],
        "forms": {"intake_form": {"required_slots": list(FORM_SLOTS)}},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _action(name: str) -> str:
    return "action_housing" if name == HTTP_INTENT else f"utter_{name}"


def _rules(names: list[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        if name != FORM_INTENT:
            yield {"rule": name, "steps": [{"intent": name}, {"action": _action(name)}]}
    yield {"rule": "not understood", "steps": [{"intent": "nlu_fallback"}, {"action": "utter_out_of_scope"}]}
    begin = [{"intent": FORM_INTENT}, {"action": "intake_form"}, {"active_loop": "intake_form"}]
    yield {"rule": "form", "steps": begin}
    end = [{"action": "intake_form"}, {"active_loop": None}, {"slot_was_set": [{"requested_slot": None}]}]
    yield {
        "rule": "submit",
        "condition": [{"active_loop": "intake_form"}],
        "steps": [*end, {"action": "utter_submit"}],
    }


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def generate(folder: Path, nlu: Path, epochs: int, ports: dict[str, int]) -> str:
    """Write the whole assistant; returns a digest of what its model is made of."""
    for path in sorted(nlu.rglob("*.yml")):
        # The rules of the crisis guard are in a notation of ours, which stock would take for regular expressions.
        entries = [entry for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"] if "regex" not in entry]
        kept = folder / "data/nlu" / path.relative_to(nlu)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True), encoding="utf-8")
    names = sorted(intents(nlu))
    stories = [
        {"story": " ".join(story), "steps": [s for name in story for s in ({"intent": name}, {"action": _action(name)})]}
        for story in STORIES
    ]
    _write(folder / "data/rules.yml", {"version": "3.1", "rules": list(_rules(names))})
    _write(folder / "data/stories.yml", {"version": "3.1", "stories": stories})
    _write(folder / "domain.yml", _domain(names))
    _write(folder / "config.yml", default_config(epochs))
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    _write(folder / "credentials.yml", {"rest": {}})
    _write(
        folder / "endpoints.yml",
        {
            "action_endpoint": {"url": f"http://127.0.0.1:{ports['actions']}/webhook"},
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "rasa.db")},
        },
    )
    (folder / "actions.py").write_text(ACTIONS.format(text=answer_text(HTTP_INTENT)), encoding="utf-8")
    return digest.hexdigest()[:16]


def _seconds(clock: str) -> int:
    seconds = 0
    for part in clock.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def _networks(log: str) -> dict[str, float]:
    """Seconds per epoch of each network, from Rasa's log and progress bars."""
    found: dict[str, float] = {}
    component = ""
    for name, epochs, clock in PROGRESS.findall(log):
        component = name or component
        if epochs:
            found[component] = _seconds(clock) / int(epochs)
    return found


class Stock:
    """The stock assistant: its model, its two processes and its data below one folder."""

    def __init__(self, folder: Path, nlu: Path, epochs: int, ports: dict[str, int]) -> None:
        self.folder, self.epochs, self.ports = folder, epochs, ports
        self.digest = generate(folder, nlu, epochs, ports)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['bot']}/webhooks/rest/"

    @property
    def database(self) -> Path:
        return self.folder / "rasa.db"

    def train(self, cache: Path) -> dict[str, Any]:
        """What training took; the model is kept and used again as long as the data are the same."""
        model, facts = cache / f"stock-{self.digest}.tar.gz", cache / f"stock-{self.digest}.json"
        if not (model.exists() and facts.exists()):
            started = time.monotonic()
            arguments = ["train", "--out", str(cache), "--fixed-model-name", model.name.removesuffix(".tar.gz")]
            with (self.folder / "train.log").open("wb") as log:
                done = subprocess.run(
                    [sys.executable, "-m", "rasa", *arguments],
                    cwd=self.folder,
                    env=self._environment(),
                    stdout=log,
                    stderr=log,
                    check=False,
                )
            if done.returncode != 0 or not model.exists():
                raise StockError(f"training failed, see {self.folder / 'train.log'}")
            spent = {
                "seconds": time.monotonic() - started,
                "epochs": self.epochs,
                "date": time.strftime("%Y-%m-%d"),
                "networks": _networks((self.folder / "train.log").read_text(errors="replace")),
            }
            facts.write_text(json.dumps(spent))
            made_now = True
        else:
            made_now = False
        (self.folder / "models").mkdir(exist_ok=True)
        shutil.copy(model, self.folder / "models")
        kept: dict[str, Any] = json.loads(facts.read_text())
        return {**kept, "cached": not made_now}

    @staticmethod
    def _environment() -> dict[str, str]:
        return {
            **os.environ,
            "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "PYTHONWARNINGS": "ignore",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }

    def start(self, name: str) -> None:
        """Start one process; it is not yet healthy when this returns."""
        local = ["--port", str(self.ports[name])]
        arguments = {"bot": ["run", "--interface", "127.0.0.1", *local], "actions": ["run", "actions", *local]}[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "rasa", *arguments],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, name: str) -> None:
        """Return once a process is healthy. Raises StockError if it ends or takes too long."""
        url = self.url if name == "bot" else f"http://127.0.0.1:{self.ports[name]}/health"
        deadline = time.monotonic() + 300
        while not _answers(url):
            if self._processes[name].poll() is not None or time.monotonic() > deadline:
                raise StockError(f"{name} does not start, see {self.folder / f'{name}.log'}")
            time.sleep(0.1)

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def kill(self, name: str) -> None:
        """End a process at once."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def down(self) -> None:
        for name in list(self._processes):
            self.kill(name)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False

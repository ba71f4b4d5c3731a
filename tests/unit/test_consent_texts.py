"""What people agreed to stays provable: no consent text changes without a new version, and the former ones are kept."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.adapters.files import FileContent
from actions.model.consent import PURPOSE_OF_SLOT, VOLUNTARY, Purpose
from actions.model.content import ConsentText

ROOT = Path(__file__).resolve().parents[2]
RECIPIENT, HOURS = "Stelle", 24
HASHES = {
    "consent_intake_v1": "9dadbc239a830fc4c6b3be1eb191a9cb2e8fff273ed9aa12aa5ca3066d47ba15",
    "consent_appointment_v1": "9844033918433b88b0286cee9fd5efc23e5586a9b76873546e82b99763b8f252",
    "consent_interpreter_v1": "2db44314164a3b111341f5627bf1446c2172a979c4142411ec208892fceaa0bf",
    "consent_intake_v2": "72809a4970ae82ebdd984800fa324c7930df229b7bcdbe3225b61b2f43cadfca",
    "consent_intake_v3": "b87939893c0defc666d397dc6d561c2e1104e2f06b80385ed4a2aa5057b2aef9",
    "consent_appointment_v2": "891c5745af8c29a50a5b6941d249be995c4bb1e2c6d2ff762965fa5424a22847",
    "consent_interpreter_v2": "89f9e6125f397a641528685c2e1a33526802d656995d1d4955bd8bf41a41caca",
    "consent_referral_v1": "d9ef43cf227ccb74fa6e3aa7c23b4df498e37e2ff47fff0103d2a238ae94a82a",
    "consent_statistics_v1": "c2dd08aeb90a4864c3e298eaa0311dab6b61841bd01951c606772fd10c32148d",
    "consent_improvement_v1": "596f46a99a4101b8448b6c297f900924dd4a65b2de236130fd6fa18d2d2d6e14",
}
"""SHA-256 of every text that was ever shown, for the recipient and the hours above. Only ever grows."""


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / "data/consent" / f"{name}.yml").read_text(encoding="utf-8"))


def texts() -> dict[str, ConsentText]:
    """All texts by their id: those of today and the former ones."""
    history, today = read("history"), read("purposes")
    entries = [(history["labels"], entry) for entry in history["texts"]]
    entries += [(today["labels"], entry) for entry in today["purposes"].values()]
    return {
        entry["text_id"]: ConsentText(
            entry["text_id"],
            entry.get("asked", "journey"),
            entry["title"],
            entry["question"],
            tuple((label, entry[field]) for field, label in labels.items()),
        )
        for labels, entry in entries
    }


def test_no_text_changes_under_its_id() -> None:
    assert {text_id: text.hash_for(RECIPIENT, HOURS) for text_id, text in texts().items()} == HASHES


def test_every_purpose_has_a_text_and_only_those_of_the_journey_are_asked_on_the_way() -> None:
    asked = {Purpose(name): text["asked"] for name, text in read("purposes")["purposes"].items()}
    assert set(asked) == set(Purpose)
    assert {purpose for purpose, where in asked.items() if where == "journey"} == set(PURPOSE_OF_SLOT.values())
    assert {purpose for purpose, where in asked.items() if where == "my_data"} == set(VOLUNTARY)


@pytest.mark.parametrize("tenant", ["duesseldorf", "koeln", "warendorf"])
def test_notice_names_controller_recipients_periods_and_authority(tenant: str) -> None:
    content = FileContent(ROOT, tenant)
    used = {field for _, text in content.notice.rows for _, field, _, _ in string.Formatter().parse(text) if field}
    assert used == {
        "controller",
        "privacy_contact",
        "intake_recipient",
        "interpreter_pool",
        "conversation_hours",
        "draft_hours",
        "proof_months",
        "authority",
    }
    assert "(Testdaten)" in content.profile.controller.lines()


def test_no_period_stands_in_a_text_itself() -> None:
    shown = [text for entry in read("purposes")["purposes"].values() for text in entry.values()]
    shown += [row["text"] for row in read("notice")["rows"]]
    assert [
        text for text in shown if any(f" {number} Stunden" in text or f" {number} Monate" in text for number in range(99))
    ] == []

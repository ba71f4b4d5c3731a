"""The Leitfaden: what is asked where, modules only on wish, sensitive questions only with a reason, every text there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from actions.adapters.files import ContentError, FileContent
from actions.model import slots
from actions.model.answer import Answer, Answers
from actions.model.consent import Consent, Purpose
from actions.model.intake import build
from actions.model.leitfaden import Entry, Kind, Leitfaden
from actions.model.questions import Journey
from actions.services.dialogue import explanation, reason
from tests.dialogue import NOW, domain, leitfaden

ROOT = Path(__file__).resolve().parents[2]
CORE = [
    slots.AREAS,
    slots.HELPERS,
    slots.GOAL,
    slots.NAME,
    slots.CONTACT,
    slots.MODULES,
    slots.INTERPRETER_LANGUAGE,
    slots.INTERPRETER_NEEDED,
]
RESOURCES = ["intake__going_well", "intake__can_do", "intake__wish"]
HOUSEHOLD = ["intake__household_adults", "intake__household_children"]
SENSITIVE = re.compile(r"Staatsangehör|Nationalität|Herkunft|Religion|Geschlecht|Familienstand|Krankheit haben|Aufenthaltstitel")
WHY = "Die Fachkraft bereitet die Beratung vor."


def asked(guide: Leitfaden) -> list[str]:
    return [entry.slot for entry in guide.entries]


def agreed(**said: Answer) -> Answers:
    """Answers of somebody who has agreed to intake and appointment."""
    yes = {name: Answer.chosen(True) for name in (slots.BEGIN, slots.CONSENT_INTAKE, slots.CONSENT_APPOINTMENT)}
    return Answers({name: answer.to_slot() for name, answer in {**yes, **said}.items()})


def applicable(guide: Leitfaden, answers: Answers) -> list[str]:
    return [question.slot for question in Journey(guide).applicable(answers) if question.entry]


@pytest.mark.parametrize("tenant", ["duesseldorf", "warendorf", "koeln"])
def test_none_of_ours_asks_a_sensitive_question(tenant: str) -> None:
    guide = FileContent(ROOT, tenant).leitfaden
    assert asked(guide) == [*CORE[:6], *RESOURCES, *HOUSEHOLD, *CORE[6:]]
    texts = [domain()["responses"][f"utter_ask_{slot}"][0]["text"] for slot in asked(guide)]
    assert [text for text in texts if SENSITIVE.search(text)] == []


def test_the_pattern_of_sensitive_questions_finds_those_that_may_be_switched_on() -> None:
    texts = [domain()["responses"][f"utter_ask_{entry.slot}"][0]["text"] for entry in leitfaden().sensitive.values()]
    assert [bool(SENSITIVE.search(text)) for text in texts] == [True, True]


def test_every_question_has_its_slot_its_texts_and_its_action() -> None:
    guide = leitfaden()
    entries = [*guide.core, *(entry for entries in guide.modules.values() for entry in entries), *guide.sensitive.values()]
    form = yaml.safe_load((ROOT / "bot/domain/intake.yml").read_text(encoding="utf-8"))
    texts = {f"utter_ask_{entry.slot}" for entry in entries}
    texts |= {explanation(entry.slot, entry) for entry in entries}
    texts |= {reason(entry.slot, entry) for entry in entries if entry not in guide.sensitive.values()}
    assert texts - set(domain()["responses"]) == set()
    ours = [entry.slot for entry in entries if entry.journey == "intake"]
    assert list(form["slots"]) == form["forms"]["intake_form"]["required_slots"] == ours
    assert {f"action_ask_{slot}" for slot in ours} - set(form["actions"]) == set()
    assert {entry.slot for entry in entries} - slots.ANSWERS == set()


def test_modules_are_asked_only_of_who_chooses_them() -> None:
    none = agreed(intake__modules=Answer.chosen(["none"]))
    one = agreed(intake__modules=Answer.chosen(["household"]))
    assert applicable(leitfaden(), agreed()) == CORE
    assert applicable(leitfaden(), none) == CORE
    assert applicable(leitfaden(), agreed(intake__modules=Answer.skipped())) == CORE
    assert applicable(leitfaden(), one) == [*CORE[:6], *HOUSEHOLD, *CORE[6:]]


def test_module_is_not_asked_without_the_consent_whatever_was_chosen() -> None:
    chosen = Answers({slots.BEGIN: Answer.chosen(True).to_slot(), slots.MODULES: Answer.chosen(["resources"]).to_slot()})
    assert applicable(leitfaden(), chosen) == CORE[:3]


def test_municipality_switches_modules_off_and_a_sensitive_question_on() -> None:
    guide = leitfaden().adapted({"resources": False}, {"residence_title": WHY})
    assert asked(guide) == [*CORE[:6], *HOUSEHOLD, "intake__residence_title", *CORE[6:]]
    assert [entry.reason for entry in guide.entries if entry.reason] == [WHY]


def test_without_any_module_nobody_is_asked_for_one() -> None:
    assert asked(leitfaden().adapted({"resources": False, "household": False}, {})) == [*CORE[:5], *CORE[6:]]


@pytest.mark.parametrize(
    ("modules", "reasons", "message"),
    [
        ({}, {"residence_title": " "}, "a sensitive question needs a reason: residence_title"),
        ({}, {"nationality": WHY}, "not in the Leitfaden: nationality"),
        ({"health": True}, {}, "not in the Leitfaden: health"),
    ],
)
def test_switch_is_refused(modules: dict[str, bool], reasons: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError) as refused:
        leitfaden().adapted(modules, reasons)
    assert str(refused.value) == message


def test_assistant_does_not_start_with_a_sensitive_question_without_reason(tmp_path: Path) -> None:
    for folder in ("contracts", "data/intake", "data/municipalities/koeln", "data/consent", "data/orientation", "data/passages"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    profile = tmp_path / "data/municipalities/koeln/profile.yml"
    profile.write_text(profile.read_text(encoding="utf-8") + "\nintake: {sensitive: [{id: residence_title}]}\n", encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        FileContent(tmp_path, "koeln")
    assert str(refused.value) == "content of koeln: ValueError: a sensitive question needs a reason: residence_title"


def test_personal_question_without_purpose_is_refused() -> None:
    with pytest.raises(ValueError) as refused:
        Entry("intake__birthday", Kind.WORDS)
    assert str(refused.value) == "intake__birthday: a personal question needs a purpose"


def handed_over(guide: Leitfaden, answers: Answers) -> dict[str, Any]:
    """The document, once it has passed its contract."""
    consent = Consent(
        "7e0f2a1c-5a57-4b0e-9a3e-1f2d3c4b5a69", "i", Purpose.INTAKE, "Stelle", "t", "0" * 64, "ar", NOW.isoformat(), "web"
    )
    document = build(
        intake_id="7e0f2a1c-5a57-4b0e-9a3e-1f2d3c4b5a68",
        tenant="duesseldorf",
        channel="web",
        language="ar",
        answers=answers,
        journey=Journey(guide),
        consents=[consent],
        at=NOW,
    )
    schema = json.loads((ROOT / "contracts/intake-v1.schema.json").read_text(encoding="utf-8"))
    del schema["$id"]
    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    Draft202012Validator(schema).validate({key: value for key, value in document.items() if key != "leitfaden"})
    return document


def test_hand_over_says_by_which_leitfaden_and_keeps_own_words_and_withheld_apart_from_skipped() -> None:
    said = {
        "intake__name": Answer.said("Đặng Thị Hường", "Đặng Thị Hường", "vi"),
        "intake__contact": Answer.withheld(),
        "intake__modules": Answer.chosen(["resources", "household"]),
        "intake__going_well": Answer.said(None, "أولادي سعداء", "ar"),
        "intake__can_do": Answer.withheld(),
        "intake__wish": Answer.skipped(),
        "intake__household_adults": Answer.chosen(2),
        "intake__household_children": Answer.said(3, "٣", "ar"),
        "intake__residence_title": Answer.withheld(),
    }
    document = handed_over(leitfaden().adapted({}, {"residence_title": WHY}), agreed(**said))
    person, guide = document["person"], document["leitfaden"]
    assert (person["name"]["value"], person["contact"]["provenance"]) == ("Đặng Thị Hường", "withheld")
    assert (guide["version"], guide["valid_from"]) == ("1.0", "2026-11-21")
    answers = {entry["question"]: entry["answer"] for entry in guide["answers"]}
    assert answers["going_well"] == {
        "value": None,
        "original": "أولادي سعداء",
        "original_language": "ar",
        "provenance": "said",
    }
    assert (answers["can_do"]["provenance"], answers["wish"]["provenance"]) == ("withheld", "skipped")
    assert answers["household_children"] == {"value": 3, "provenance": "said"}
    assert guide["own_consents"] == [{"question": "household_adults", "state": "pending"}] * 2
    assert [entry["reason"] for entry in guide["answers"]] == [None] * 5 + [WHY]


def test_module_that_was_put_away_again_is_not_handed_over() -> None:
    said = {"intake__modules": Answer.chosen(["none"]), "intake__wish": Answer.said(None, "Ruhe", "de")}
    assert handed_over(leitfaden(), agreed(**said))["leitfaden"]["answers"] == []

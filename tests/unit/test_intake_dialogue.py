"""The whole intake in the dialogue: modules on wish, nothing said against one's will, everything read back and correctable."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions import runtime as composition
from actions.adapters.memory import MemoryBackend, MemoryLedger
from tests.dialogue import Talk, leitfaden, services

WHY = "Die Fachkraft bereitet die Beratung vor."


@pytest.fixture
def curious(backend: MemoryBackend) -> Iterator[Talk]:
    """Where a municipality asks for the residence title, and has no modules."""
    guide = leitfaden().adapted({"resources": False, "household": False}, {"residence_title": WHY})
    yield Talk(services(MemoryLedger(), backend, guide))
    composition.use(None)


def to_contact(talk: Talk) -> list[str]:
    """Up to the question for the contact, with both consents; an appointment is not wanted."""
    talk.tap("/start_counselling")
    for choice in ("yes", "housing", "nobody"):
        talk.answer(choice)
    talk.say("Eine Wohnung")
    talk.answer("yes")
    talk.answer("no")
    return talk.say("Đặng Thị Hường")


def to_modules(talk: Talk) -> list[str]:
    to_contact(talk)
    return talk.tap("/skip_question")


def rows(talk: Talk) -> list[tuple[str, Any]]:
    """The read-back: label and value of each row."""
    found = []
    for row in talk.said[-1][1]["card"]["rows"]:
        label, value = row["label"], row["value"]
        name = (label.get("$label") or label.get("$code")).split(".")[-1]
        found.append((name, value.get("$own") or value.get("$label", value) if isinstance(value, dict) else value))
    return found


def test_modules_are_asked_one_after_the_other_and_read_back(talk: Talk) -> None:
    assert to_modules(talk) == ["utter_ask_intake__modules"]
    assert talk.answer("resources", "household") == ["utter_ask_intake__going_well"]
    assert talk.say("Meine Kinder sind gern in der Schule") == ["utter_ask_intake__can_do"]
    assert talk.answer("withhold") == ["utter_ask_intake__wish"]
    assert talk.tap("/skip_question") == ["utter_ask_intake__household_adults"]
    assert talk.say("2") == ["utter_ask_intake__household_children"]
    assert talk.say("٣") == ["utter_ask_interpreter__language"]
    assert talk.answer("ar") == ["utter_ask_handoff__readback"]
    told = dict(rows(talk))
    assert {key: told[key] for key in ("name", "contact", "going_well", "can_do", "wish")} == {
        "name": "Đặng Thị Hường",
        "contact": "utter_readback_labels.skipped",
        "going_well": "Meine Kinder sind gern in der Schule",
        "can_do": "utter_readback_labels.withheld",
        "wish": "utter_readback_labels.skipped",
    }
    assert (told["household_adults"], told["household_children"]) == ("2", "3")


def test_each_row_of_a_module_can_be_corrected_and_a_module_put_away(talk: Talk, backend: MemoryBackend) -> None:
    to_modules(talk)
    talk.answer("household")
    talk.answer("1")
    talk.answer("2")
    talk.answer("ar")
    assert talk.answer("change:intake__household_children") == ["utter_ask_intake__household_children"]
    assert talk.say("4") == ["utter_ask_handoff__readback"]
    assert dict(rows(talk))["household_children"] == "4"
    assert talk.answer("change:intake__modules") == ["utter_ask_intake__modules"]
    assert talk.answer("none") == ["utter_ask_handoff__readback"]
    assert [name for name, _ in rows(talk)] == ["areas", "helpers", "goal", "name", "contact", "modules", "language"]
    assert talk.answer("yes")[0].startswith("utter_handoff_receipt")
    (document,) = backend.intakes.values()
    assert (document["leitfaden"]["answers"], document["leitfaden"]["own_consents"]) == ([], [])
    assert [name for name in talk.slots if name.startswith("intake__") and talk.slots[name] is not None] == []


def test_question_in_between_leads_back_to_the_open_question_of_a_module(talk: Talk) -> None:
    to_modules(talk)
    talk.answer("household")
    assert talk.tap("/ask_why") == ["utter_why", "utter_ask_intake__household_adults"]
    assert talk.said[0][1]["reason"] == {"$response": "utter_why_intake__household", "args": {}}
    assert talk.tap("/ask_about_kim") == ["utter_about_kim", "utter_ask_intake__household_adults"]


def test_no_number_is_explained_once_and_then_may_be_skipped(talk: Talk) -> None:
    to_modules(talk)
    talk.answer("household")
    assert talk.say("viele") == ["utter_explain_intake__number", "utter_ask_intake__household_adults"]
    assert talk.say("999") == ["utter_two_failures", "utter_ask_intake__household_adults"]
    assert talk.tap("/skip_question") == ["utter_ask_intake__household_children"]


def test_no_to_more_goes_on_at_once(talk: Talk) -> None:
    to_modules(talk)
    assert talk.say("Nein", "deny") == ["utter_ask_interpreter__language"]


def test_sensitive_question_shows_its_reason_and_gives_it_when_asked(curious: Talk) -> None:
    shown = {"$text": WHY, "context": "leitfaden.reason", "args": {}}
    assert to_modules(curious) == ["utter_ask_intake__residence_title"]
    assert (curious.said[0][1]["reason"], curious.said[0][1]["why"]) == (shown, shown)
    assert curious.tap("/ask_why") == ["utter_why", "utter_ask_intake__residence_title"]
    assert curious.said[0][1]["reason"] == shown
    assert curious.answer("withhold") == ["utter_ask_interpreter__language"]


def test_withholding_is_offered_where_the_leitfaden_says_so_and_refused_elsewhere(talk: Talk) -> None:
    talk.tap("/start_counselling")
    talk.answer("yes")
    assert [payload for payload in talk.newest if "withhold" in payload] == []
    assert talk.answer("withhold") == ["utter_explain_counselling__areas", "utter_ask_counselling__areas"]
    for choice in ("housing", "nobody"):
        talk.answer(choice)
    talk.say("Eine Wohnung")
    talk.answer("yes")
    talk.answer("no")
    assert [payload for payload in talk.newest if "withhold" in payload] == ['/answer{"choice": "withhold"}']
    assert talk.answer("withhold") == ["utter_ask_intake__contact"]


def test_question_that_is_switched_off_while_it_is_open_does_not_stop_the_intake(talk: Talk, backend: MemoryBackend) -> None:
    to_modules(talk)
    talk.answer("household")
    composition.use(services(MemoryLedger(), backend, leitfaden().adapted({"household": False}, {})))
    assert talk.say("2") == ["utter_ask_interpreter__language"]

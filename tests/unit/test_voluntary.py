"""What is nobody's condition: off until it is switched on, a consent like any other, off again by one tap, and gone with all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.adapters.memory import MemoryBackend, MemoryLedger
from actions.model.consent import Purpose
from actions.model.intake import intake_id_for
from tests.dialogue import NOW, Talk
from tests.ways import agree, begin, submit

SHOWN = "utter_privacy_voluntary"


def choose(talk: Talk, choice: str) -> list[str]:
    return talk.tap("/my_data" + json.dumps({"choice": choice}))


def switches(talk: Talk) -> list[str]:
    """What the switches would do."""
    card: Any = talk.said[-1][1]["card"]
    return [json.loads(row["change"]["payload"].removeprefix("/my_data"))["choice"] for row in card["rows"]]


def purposes(ledger: MemoryLedger, run: int = 0) -> list[Purpose]:
    return [consent.purpose for consent in ledger.consents(intake_id_for("sender", run))]


def test_both_are_off_and_found_in_my_data(talk: Talk) -> None:
    talk.tap("/ask_privacy")
    assert '/my_data{"choice": "voluntary"}' in talk.newest
    assert (choose(talk, "voluntary"), switches(talk)) == ([SHOWN], ["show:statistics", "show:improvement"])


@pytest.mark.parametrize("purpose", ["statistics", "improvement"])
def test_is_explained_before_it_is_a_record_with_a_receipt(talk: Talk, ledger: MemoryLedger, purpose: str) -> None:
    assert choose(talk, f"show:{purpose}") == ["utter_privacy_voluntary_ask"]
    assert (talk.said[0][1]["card"]["kind"], talk.said[0][1]["with_german"], purposes(ledger)) == ("consent", True, [])
    assert choose(talk, f"on:{purpose}") == [SHOWN]
    (consent,) = ledger.consents(intake_id_for("sender", 0))
    assert (consent.purpose.value, consent.text_id) == (purpose, f"consent_{purpose}_v1")
    assert (consent.language_shown, consent.channel, consent.granted_at) == ("de", "web", NOW.isoformat(timespec="seconds"))
    (receipt,) = json.loads(talk.said[0][1]["card"]["file"]["text"])
    assert receipt["pii_processing"]["purposes"][0]["purpose"] == purpose


def test_one_tap_switches_it_off(talk: Talk, ledger: MemoryLedger) -> None:
    choose(talk, "on:statistics")
    choose(talk, "on:improvement")
    assert switches(talk) == ["off:statistics", "off:improvement"]
    choose(talk, "off:statistics")
    assert (switches(talk), purposes(ledger)) == (["show:statistics", "off:improvement"], [Purpose.IMPROVEMENT])
    talk.tap("/withdraw_consent")
    assert switches(talk) == ["off:improvement"]


def test_changes_nothing_of_the_way_to_help(talk: Talk, ledger: MemoryLedger, backend: MemoryBackend) -> None:
    choose(talk, "on:statistics")
    submit(talk)
    (document,) = backend.intakes.values()
    assert {consent["purpose"] for consent in document["consents"]} == {"intake", "appointment", "interpreter"}
    choose(talk, "voluntary")
    assert switches(talk) == ["off:statistics", "show:improvement"]
    choose(talk, "off:statistics")
    assert (Purpose.STATISTICS in purposes(ledger), len(backend.intakes)) == (False, 1)


def test_goes_with_everything(talk: Talk, ledger: MemoryLedger) -> None:
    choose(talk, "on:improvement")
    assert talk.tap("/delete_my_data") == ["utter_privacy_forget_ask"]
    assert len(talk.said[0][1]["card"]["rows"]) == 1
    talk.tap("/confirm_forgetting")
    assert purposes(ledger) == []
    choose(talk, "voluntary")
    assert switches(talk) == ["show:statistics", "show:improvement"]


def test_an_open_question_waits_meanwhile(talk: Talk) -> None:
    begin(talk)
    choose(talk, "voluntary")
    choose(talk, "on:statistics")
    assert talk.tap("/resume") == ["utter_ask_consent"]
    agree(talk)


def test_the_next_person_on_the_same_phone_has_agreed_to_nothing(talk: Talk) -> None:
    choose(talk, "on:improvement")
    talk.new_session()
    choose(talk, "voluntary")
    assert switches(talk) == ["show:statistics", "show:improvement"]

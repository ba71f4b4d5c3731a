"""How the rights of a person are shown: cards for what is held, what would fall away and what did."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Optional

from actions.model import nodes
from actions.model.consent import VOLUNTARY, ConsentRecord, Purpose
from actions.services import consent_receipts
from actions.services.asking import Asking
from actions.services.clock import Clock
from actions.services.consent_receipts import LABELS
from actions.services.ports import Content
from actions.services.rights import Report, Rights, has_arrived, is_withdrawn, must_ask_there
from actions.services.systems import Part, Result, Standing

Card = dict[str, Any]

FILE_NAME = "kim-lotse.json"
PAPER = "receipt"
"""Which paper (bot/documents) a card offers."""
DRAFT, SENT = "here", "sent"
NOT_TOLD = "utter_status_not_told"
"""That the recipient has the request and the person has to ask there."""
WILL = {Result.STAYS: "stays", Result.WITHDRAWN: "take_back", Result.ASK_THERE: Result.ASK_THERE.value}
"""Labels before a withdrawal that are not ``will_`` and the result."""


def payload(choice: str) -> str:
    """The Rasa payload of a choice in "my data"."""
    return "/my_data" + json.dumps({"choice": choice})


class PrivacyCards:
    """Builds the cards; no text lives here."""

    def __init__(self, content: Content, asking: Asking, rights: Rights, clock: Clock) -> None:
        self._content, self._asking, self._rights, self._clock = content, asking, rights, clock

    def notice(self) -> Card:
        """All that Art. 13 GDPR asks for, from the profile of the municipality."""
        profile, notice = self._content.profile, self._content.notice
        values = {
            "controller": nodes.own(profile.controller.lines()),
            "privacy_contact": nodes.own(profile.privacy_contact.lines()),
            "intake_recipient": nodes.text(profile.intake_recipient, "recipient"),
            "interpreter_pool": nodes.text(profile.interpreter_pool, "recipient"),
            "authority": nodes.own(notice.authority),
            "conversation_hours": profile.retention.conversation_hours,
            "draft_hours": profile.retention.intake_draft_hours,
            "proof_months": profile.retention.consent_proof_months,
        }
        rows = [
            # A row that is a name and an address alone has no words to translate.
            {"label": nodes.text(label, "consent.notice"), "value": values.get(text.strip("{}")) or _notice(text, values)}
            for label, text in notice.rows
        ]
        return {"kind": "consent", "title": None, "rows": rows}

    def consents(self, standings: Sequence[Standing]) -> Optional[Card]:
        """What holds, each with a way to take it back; None if nothing does."""
        rows = [
            {
                **row,
                "change": {"title": nodes.label(LABELS, "take_back"), "payload": payload(_taking_back(standing, purpose))},
            }
            for standing in standings
            for record in standing.granted
            for purpose in (record.consent.purpose,)
            for row in consent_receipts.rows([record], self._content)
        ]
        return {"kind": "readback", "rows": rows} if rows else None

    def voluntary(self, standings: Sequence[Standing]) -> Card:
        """The purposes that are nobody's condition, each with its switch; with the receipt of those that are on."""
        on = {record.consent.purpose: record for standing in standings for record in standing.granted}
        rows = [
            {
                "label": nodes.text(self._content.consent_text(purpose.value).title, f"consent.{purpose.value}"),
                "value": consent_receipts.standing(on[purpose]) if purpose in on else nodes.label(LABELS, "off"),
                "change": {
                    "title": nodes.label(LABELS, "switch_off" if purpose in on else "switch_on"),
                    "payload": payload(f"{'off' if purpose in on else 'show'}:{purpose.value}"),
                },
            }
            for purpose in VOLUNTARY
        ]
        agreed = [on[purpose] for purpose in VOLUNTARY if purpose in on]
        return {"kind": "readback", "rows": rows, **({"file": self.receipt_file(agreed)} if agreed else {})}

    def voluntary_question(self, purpose: Purpose) -> dict[str, Any]:
        """What is asked before a purpose is switched on, in full, with a yes and a no of equal weight."""
        choices = [
            {"title": nodes.label(LABELS, "agree"), "payload": payload(f"on:{purpose.value}"), "style": "equal"},
            {"title": nodes.label(LABELS, "decline"), "payload": payload("voluntary"), "style": "equal"},
        ]
        return {**self._asking.consent(purpose), "choices": choices}

    def preview(self, standing: Standing, report: Report) -> Card:
        """What would happen, with the date of an appointment."""
        return self._report(standing, report, lambda part, result: WILL.get(result, f"will_{result.value}"))

    def report(self, standing: Standing, report: Report) -> Card:
        """What happened, one row per system that had something."""
        return self._report(standing, report, lambda part, result: result.value)

    def _report(self, standing: Standing, report: Report, key: Callable[[Part, Result], str]) -> Card:
        rows = [
            {"label": nodes.label(LABELS, part.value), "value": self._told(standing, part, key(part, result))}
            for part, result in report
            if result is not Result.NOTHING
        ]
        return {"kind": "readback", "rows": rows}

    def _told(self, standing: Standing, part: Part, key: str) -> nodes.Node:
        told = nodes.response(NOT_TOLD) if key == Result.ASK_THERE.value else nodes.label(LABELS, key)
        appointment = standing.appointment
        if part is not Part.APPOINTMENT or appointment is None:
            return told
        when = nodes.moment(appointment.slot.starts_at, appointment.slot.ends_at)
        return nodes.label(LABELS, "with_date", what=told, when=when)

    def export(self, standings: Sequence[Standing]) -> Optional[Card]:
        """What is known, to read and as a file; None if nothing is."""
        rows = [row for standing in standings for row in self._rows(standing)]
        if not rows:
            return None
        text = json.dumps(self.document(standings), ensure_ascii=False, indent=1)
        offered = {"paper": PAPER} if any(standing.records for standing in standings) else {}
        return {"kind": "readback", "rows": rows, "file": self._file(text), **offered}

    def receipt_file(self, records: Sequence[ConsentRecord]) -> Card:
        """The receipt of consents as a file."""
        text = json.dumps(consent_receipts.document(records, self._content, self._now()), ensure_ascii=False, indent=1)
        return self._file(text)

    def receipt_paper(self, records: Sequence[ConsentRecord], code: Optional[str] = None) -> dict[str, Any]:
        """The receipt of consents as nodes for a paper (consent_receipts.paper)."""
        return consent_receipts.paper(records, self._content, self.notice()["rows"], self._now(), code)

    def document(self, standings: Sequence[Standing]) -> dict[str, Any]:
        """All that is held, as JSON."""
        return {
            "issued_at": self._now(),
            "service": self._content.profile.service_name,
            "retention": asdict(self._content.profile.retention),
            "requests": [
                {
                    "request_id": standing.intake_id,
                    "handed_over": standing.submitted,
                    **self._rights.export(standing),
                    "consents": consent_receipts.document(standing.records, self._content, self._now()),
                    "backend_answered": standing.reachable,
                }
                for standing in standings
            ],
        }

    def _rows(self, standing: Standing) -> list[dict[str, Any]]:
        known = self._asking.known(standing.answers, standing.place, standing.age)
        rows = list(known["rows"]) if known else []
        if standing.status is not None:
            rows.append({"label": nodes.label(LABELS, "case"), "value": nodes.code("states", standing.status.state)})
        elif standing.submitted:
            rows.append({"label": nodes.label(LABELS, "case"), "value": self._unknown(standing)})
        if (appointment := standing.appointment) is not None:
            when = nodes.moment(appointment.slot.starts_at, appointment.slot.ends_at)
            rows.append({"label": nodes.label(LABELS, "appointment"), "value": when})
        return [*rows, *consent_receipts.rows(standing.records, self._content)]

    def _unknown(self, standing: Standing) -> nodes.Node:
        """What is said of a request of which the recipient does not tell the state."""
        if must_ask_there(standing):
            return nodes.response(NOT_TOLD)
        if is_withdrawn(standing) and self._rights.fallen is Result.WITHDRAWN:
            return nodes.label(LABELS, Result.WITHDRAWN.value)
        if not standing.reachable or not has_arrived(standing):
            return nodes.label(LABELS, "later_known")
        return nodes.label(LABELS, "deleted") if standing.told else nodes.response(NOT_TOLD)

    def _file(self, text: str) -> Card:
        return {"name": FILE_NAME, "title": nodes.label(LABELS, "file"), "type": "application/json", "text": text}

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def _notice(text: str, values: dict[str, Any]) -> nodes.Node:
    return nodes.text(text, "consent.notice", **values)


def _taking_back(standing: Standing, purpose: Purpose) -> str:
    # With a voluntary purpose nothing falls away that one had to be told before.
    return f"off:{purpose.value}" if purpose in VOLUNTARY else f"ask:{_where(standing)}:{purpose.value}"


def _where(standing: Standing) -> str:
    return SENT if standing.submitted else DRAFT

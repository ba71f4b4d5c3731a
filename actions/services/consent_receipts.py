"""The receipt of consents: rows for the chat, nodes for the paper, and a JSON file.

The file's fields are named after ISO/IEC TS 27560:2023 where they fit; names of our own begin with ``x_``. A field of that
specification for which we have nothing (a storage location, say) is left out rather than filled with a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from actions.model import nodes
from actions.model.consent import VOLUNTARY, ConsentRecord, Purpose
from actions.model.content import ConsentText, Contact
from actions.services.ports import Content

LABELS = "utter_privacy_labels"
SCHEMA_VERSION = "ISO/IEC TS 27560:2023 (fields)"
LEGAL_BASIS = ("GDPR Art. 6(1)(a)", "GDPR Art. 9(2)(a)")
RIGHTS = tuple(f"GDPR Art. {article}" for article in ("7(3)", "15", "16", "17", "18", "20", "77"))


def rows(records: Sequence[ConsentRecord], content: Content) -> list[dict[str, Any]]:
    """One row per consent: what was agreed to, and when, to whom, or when it was taken back (nodes, for card or document)."""
    return [{"label": title(record, content), "value": standing(record)} for record in records]


def title(record: ConsentRecord, content: Content) -> nodes.Node:
    """The name of the purpose."""
    purpose = record.consent.purpose.value
    return nodes.text(content.consent_text(purpose).title, f"consent.{purpose}")


def standing(record: ConsentRecord) -> nodes.Node:
    """Since when a consent holds and who is the recipient, or since when it does not hold any more."""
    if record.withdrawn_at is not None:
        return nodes.label(LABELS, "withdrawn_at", when=nodes.moment(record.withdrawn_at))
    recipient = nodes.own(record.consent.recipient)
    return nodes.label(LABELS, "granted_at", when=nodes.moment(record.consent.granted_at), recipient=recipient)


def terms(text: ConsentText, purpose: Purpose, recipient: str, hours: int) -> list[dict[str, Any]]:
    """The rows of a consent text as they are shown; ``hours`` is when a draft is deleted."""
    # The Kommunales Integrationszentrum keeps its name in every language.
    name = nodes.own(recipient) if purpose in VOLUNTARY else nodes.text(recipient, "recipient")
    filled = {"recipient": name, "hours": hours}
    context = f"consent.{purpose.value}"
    return [
        {"label": nodes.text(label, "consent.labels"), "value": nodes.text(value, context, **filled)}
        for label, value in text.rows
    ]


def paper(
    records: Sequence[ConsentRecord],
    content: Content,
    notice: Sequence[Mapping[str, Any]],
    issued_at: str,
    code: Optional[str] = None,
) -> dict[str, Any]:
    """What the paper says (nodes): every consent as it was shown and how it stands, and the information of Art. 13 (``notice``).

    It names nobody; ``code`` is that of the request. A text that has changed since is left out rather than shown as agreed to.
    """
    return {
        "issued": nodes.moment(issued_at),
        "code": code,
        "consents": [
            {
                "title": title(record, content),
                "standing": standing(record),
                "rows": _agreed(record, content),
                "language": nodes.language(record.consent.language_shown),
                "version": record.consent.text_id,
            }
            for record in records
        ],
        "heading": nodes.response("utter_privacy_notice"),
        "notice": list(notice),
    }


def _agreed(record: ConsentRecord, content: Content) -> list[dict[str, Any]]:
    consent, hours = record.consent, content.profile.retention.intake_draft_hours
    text = content.consent_text(consent.purpose.value)
    unchanged = text.hash_for(consent.recipient, hours) == consent.text_hash
    return terms(text, consent.purpose, consent.recipient, hours) if unchanged else []


def document(records: Sequence[ConsentRecord], content: Content, issued_at: str) -> list[dict[str, Any]]:
    """A consent record of ISO/IEC TS 27560 per consent, for a machine to read. Times are RFC 3339."""
    profile = content.profile
    parties = [
        _party("controller", "PII controller", profile.controller),
        _party("data_protection_officer", "contact for data protection", profile.privacy_contact),
    ]
    return [
        {
            "header": {
                "schema_version": SCHEMA_VERSION,
                "record_id": record.consent.consent_id,
                "pii_principal_id": record.consent.intake_id,
                "x_issued_at": issued_at,
            },
            "pii_processing": {
                "privacy_notice": record.consent.text_id,
                "x_privacy_notice_sha256": record.consent.text_hash,
                "language": record.consent.language_shown,
                "purposes": [
                    {
                        "purpose": record.consent.purpose.value,
                        "lawful_basis": list(LEGAL_BASIS),
                        "pii_controllers": ["controller"],
                        "recipients": [record.consent.recipient],
                        "collection_method": f"chat ({record.consent.channel})",
                        "withdrawal_method": "chat, with the code of the request; or the case manager",
                        "jurisdiction": "DE",
                        "privacy_rights": list(RIGHTS),
                    }
                ],
            },
            "party_identification": parties,
            "events": _events(record),
        }
        for record in records
    ]


def _party(identifier: str, role: str, contact: Contact) -> dict[str, Any]:
    party = {
        "party_id": identifier,
        "party_role": role,
        "party_name": contact.name,
        "party_address": contact.address,
        "party_email": contact.email,
        "party_phone": contact.phone,
    }
    return {name: value for name, value in party.items() if value is not None}


def _events(record: ConsentRecord) -> list[dict[str, str]]:
    person = "PII principal"
    given = {"event_time": record.consent.granted_at, "event_type": "explicit", "event_state": "given", "entity_id": person}
    if record.withdrawn_at is None:
        return [given]
    return [given, {"event_time": record.withdrawn_at, "event_type": "explicit", "event_state": "withdrawn", "entity_id": person}]

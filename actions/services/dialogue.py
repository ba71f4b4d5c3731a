"""What a message means for the question that is open. One place for all questions, so that all behave alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Optional

import phonenumbers

from actions.model import case_code, slots
from actions.model.answer import Answer, Answers
from actions.model.consent import PURPOSE_OF_SLOT
from actions.model.leitfaden import Entry, Kind
from actions.model.message import Message, fold
from actions.model.outcome import Accepted, Change, NotUnderstood, Outcome, Steering
from actions.model.questions import Journey
from actions.services.ports import Content

MAX_NAME = 120
MAX_WORDS = 1000
MAX_NUMBER = 20
SHORTEST_NUMBER = 6
"""Digits after the country code and the leading zero; shorter ones are numbers without their area code."""
CHANGE = "change:"
WITHHOLD = "withhold"
"""The choice of who does not want to say it."""
NO_MODULE = "none"
CRISIS = "crisis_"
DEFAULT = ""
"""Stands for the explanation that belongs to the question."""

# Acts that steer the conversation from within any question. Everything else may be an answer.
STEERING = frozenset(
    "stop go_back show_menu ask_why ask_privacy talk_to_human change_language start_counselling ask_case_status "
    "ask_about_kim show_emergency resume simplify repeat challenge_bot find_welcome_point withdraw_consent delete_my_data "
    "confirm_forgetting export_my_data confirm_cancellation my_data my_age".split()
)
# What asks for the same thing as the question answers it and does not leave it.
ANSWERED_BY = {slots.STATUS_CODE: "ask_case_status", slots.INTERPRETER_LANGUAGE: "change_language"}
# What may be asked or said in between, beside all that asks.
ASIDES = frozenset("refer_someone request_interpreter complain thank".split())
OWN_WORDS = frozenset({Kind.WORDS, Kind.NAME})
# In a free-text question only a short, clear message is taken as steering: "Stop" is, a goal that mentions an office is not.
STEERING_WORDS = 6
CLEAR = 0.7
LIKELY = 0.5

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]{2,}")

_NUMBER = re.compile(r"\d{1,4}")
"""In the digits of any script."""
Reader = Callable[[Message, Answers], Outcome]


class Dialogue:
    """Reads answers out of messages. Pure apart from the content it was given."""

    def __init__(self, content: Content, journey: Journey) -> None:
        self._content, self._journey = content, journey
        self._of_kind: Mapping[Kind, Reader] = {
            Kind.AREAS: self._areas,
            Kind.HELPERS: self._helpers,
            Kind.MODULES: self._modules,
            Kind.WORDS: self._words,
            Kind.NAME: self._name,
            Kind.CONTACT: self._contact,
            Kind.LANGUAGE: self._language,
            Kind.YES_NO: self._yes_no,
            Kind.NUMBER: self._number,
        }
        self._readers: Mapping[str, Reader] = {
            **dict.fromkeys((slots.BEGIN, *PURPOSE_OF_SLOT), self._yes_no),
            slots.READBACK: self._readback,
            slots.BOOKING_SLOT: self._pick,
            slots.BOOKING_CONFIRMED: self._pick,
            slots.STATUS_CODE: self._status_code,
        }

    def interpret(self, slot: str, message: Message, answers: Answers) -> Outcome:
        """What the message means while ``slot`` is asked for."""
        if message.intent.startswith(CRISIS):
            return Steering()
        entry = self._journey.entry(slot)
        if entry is None and slot not in self._readers:
            # The municipality has switched the question off while it was open.
            return Accepted(Answer.skipped())
        reader = self._of_kind[entry.kind] if entry else self._readers[slot]
        if _is_bare(slot, entry, message.text):
            return reader(message, answers)
        # A typed number is the number itself where one is asked for, not the place of a choice on the screen.
        if not message.choices and not (entry and entry.kind is Kind.NUMBER) and (offer := message.matching_offer()):
            if not offer.choice:
                return Steering()
            message = Message(choices=(offer.choice,), language=message.language)
        if message.intent == "skip_question" and not message.choices and self._is_steering(slot, message, always=True):
            return self._skipped(slot)
        if message.choices == (WITHHOLD,):
            return Accepted(Answer.withheld()) if entry and entry.withhold else self._not_understood(slot)
        leaves = message.intent != ANSWERED_BY.get(slot)
        if not message.choices and (not message.text or (leaves and self._is_steering(slot, message))):
            return Steering()
        outcome = reader(message, answers)
        if isinstance(outcome, NotUnderstood) and leaves and self._is_question(message):
            return Steering()
        return self._not_understood(slot) if outcome == NotUnderstood(DEFAULT) else outcome

    def _is_question(self, message: Message) -> bool:
        """Whether it asks for something else, which is answered before the open question is put again."""
        asks = message.intent.startswith("ask_") or message.intent in ASIDES
        return bool(message.text) and asks and message.confidence >= LIKELY

    def _is_steering(self, slot: str, message: Message, always: bool = False) -> bool:
        if message.intent not in STEERING and not always:
            return False
        if not message.text:
            return True
        entry = self._journey.entry(slot)
        if entry and entry.kind in OWN_WORDS:
            return message.confidence >= CLEAR and len(message.text.split()) <= STEERING_WORDS
        return message.confidence >= LIKELY

    def _skipped(self, slot: str) -> Outcome:
        return Accepted(Answer.skipped()) if self._journey.entry(slot) else self._not_understood(slot)

    def _not_understood(self, slot: str) -> NotUnderstood:
        return NotUnderstood(explanation(slot, self._journey.entry(slot)))

    def _yes_no(self, message: Message, answers: Answers) -> Outcome:
        if message.choices:
            return Accepted(Answer.chosen(message.choices[0] == "yes"))
        if message.intent in ("affirm", "deny"):
            return Accepted(Answer.said(message.intent == "affirm", message.text, message.language))
        return NotUnderstood(DEFAULT)

    def _areas(self, message: Message, answers: Answers) -> Outcome:
        chosen = [code for code in message.choices if code in self._content.codes.areas]
        if chosen:
            return Accepted(Answer.chosen(chosen))
        topic = self._content.topic_for(message.intent)
        if topic is not None:
            return Accepted(Answer.said([topic.area], message.text, message.language))
        return NotUnderstood(DEFAULT)

    def _helpers(self, message: Message, answers: Answers) -> Outcome:
        chosen = [code for code in message.choices if code in self._content.codes.helpers]
        if chosen:
            others = [code for code in chosen if code != "nobody"]
            return Accepted(Answer.chosen(others or chosen))
        if message.intent == "deny":
            return Accepted(Answer.said(["nobody"], message.text, message.language))
        return NotUnderstood(DEFAULT)

    def _modules(self, message: Message, answers: Answers) -> Outcome:
        chosen = [name for name in self._journey.leitfaden.offered if name in message.choices]
        if chosen or message.choices == (NO_MODULE,):
            return Accepted(Answer.chosen(chosen or [NO_MODULE]))
        if message.intent == "deny":
            return Accepted(Answer.said([NO_MODULE], message.text, message.language))
        return NotUnderstood(DEFAULT)

    def _number(self, message: Message, answers: Answers) -> Outcome:
        text = message.choices[0] if message.choices else message.text
        found = _NUMBER.findall(text)
        if len(found) != 1 or int(found[0]) > MAX_NUMBER:
            return NotUnderstood(DEFAULT)
        number = int(found[0])
        return Accepted(Answer.chosen(number) if message.choices else Answer.said(number, message.text, message.language))

    def _words(self, message: Message, answers: Answers) -> Outcome:
        if message.choices or not fold(message.text):
            return NotUnderstood(DEFAULT)
        if len(message.text) > MAX_WORDS:
            return NotUnderstood("utter_explain_too_long", {"limit": MAX_WORDS})
        return Accepted(Answer.said(None, message.text, message.language))

    def _name(self, message: Message, answers: Answers) -> Outcome:
        name = " ".join(message.text.split())
        if message.choices or not any(char.isalpha() for char in name) or "://" in name:
            return NotUnderstood(DEFAULT)
        if len(name) > MAX_NAME:
            return NotUnderstood("utter_explain_too_long", {"limit": MAX_NAME})
        return Accepted(Answer.said(name, name, message.language))

    def _contact(self, message: Message, answers: Answers) -> Outcome:
        contact = contact_in(message.text)
        if message.choices or contact is None:
            return NotUnderstood(DEFAULT)
        return Accepted(Answer.said(contact, message.text.strip(), message.language))

    def _language(self, message: Message, answers: Answers) -> Outcome:
        if message.choices:
            return Accepted(Answer.chosen(message.choices[0]))
        named = message.entities.get("language", ())
        tag = next((tag for tag in named if tag in self._content.profile.spoken_languages), None)
        return Accepted(Answer.said(tag, message.text, message.language)) if tag else NotUnderstood(DEFAULT)

    def _readback(self, message: Message, answers: Answers) -> Outcome:
        choice = message.choices[0] if message.choices else ""
        if choice.startswith(CHANGE) and choice.removeprefix(CHANGE) in answers:
            return Change(choice.removeprefix(CHANGE))
        if choice == "yes" or message.intent == "affirm":
            return Accepted(Answer.chosen(True))
        return NotUnderstood(DEFAULT)

    def _pick(self, message: Message, answers: Answers) -> Outcome:
        if message.choices:
            return Accepted(Answer.chosen(message.choices[0]))
        if message.intent == "affirm":
            return Accepted(Answer.chosen("yes"))
        return NotUnderstood(DEFAULT)

    def _status_code(self, message: Message, answers: Answers) -> Outcome:
        code = case_code.parse(message.text)
        return Accepted(Answer.said(code, "", message.language)) if code else NotUnderstood(DEFAULT)


def explanation(slot: str, entry: Optional[Entry]) -> str:
    """The response that explains a question once, with an example; ``entry`` as in the Leitfaden, if it is there."""
    return f"utter_explain_{(entry and entry.explain) or _own_name(slot)}"


def reason(slot: str, entry: Optional[Entry]) -> str:
    """The response that says why a question is asked."""
    return f"utter_why_{(entry and entry.why) or _own_name(slot)}"


def _own_name(slot: str) -> str:
    return "consent" if slot.startswith("consent__") else slot


def _is_bare(slot: str, entry: Optional[Entry], text: str) -> bool:
    """Whether a message is the number, address or code that is asked for and nothing else.

    Then it is the answer, whatever the classifier reads into digits.
    """
    if entry and entry.kind is Kind.CONTACT:
        return contact_in(text) is not None and not any(char.isalpha() for char in _EMAIL.sub("", text))
    if entry and entry.kind is Kind.NUMBER:
        return text.strip().isdecimal()
    if slot == slots.STATUS_CODE:
        return case_code.parse(text) is not None and sum(char.isalnum() for char in text) == case_code.LENGTH
    return False


def contact_in(text: str) -> Optional[dict[str, str]]:
    """The telephone number (as E.164) or e-mail address in a text; None if there is no complete one.

    Numbers without a country code are read as German ones.
    """
    email = _EMAIL.search(text)
    if email:
        return {"kind": "email", "value": email.group()}
    for match in phonenumbers.PhoneNumberMatcher(text, "DE", leniency=phonenumbers.Leniency.POSSIBLE):
        if phonenumbers.is_possible_number(match.number) and len(str(match.number.national_number)) >= SHORTEST_NUMBER:
            return {"kind": "phone", "value": phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)}
    return None

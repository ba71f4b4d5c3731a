"""What the person may ask of us about the own data: in every language and state, and by code."""

from __future__ import annotations

import asyncio
from typing import Optional

from rasa_sdk.events import ActiveLoop, AllSlotsReset, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import LEAVE_FORM, GuardedAction, put_aside
from actions.conversation import Conversation
from actions.handoff import forgotten
from actions.model import nodes, slots
from actions.model.answer import Answer
from actions.model.case_code import parse
from actions.model.consent import SLOT_OF_PURPOSE, Purpose
from actions.runtime import runtime
from actions.services.asking import NAV_LABELS
from actions.services.consent_receipts import LABELS
from actions.services.privacy import SENT, payload
from actions.services.rights import Report, is_withdrawn
from actions.services.systems import Result, Standing

CONFIRMED = "confirm_forgetting"
INTENTS = frozenset({"export_my_data", "withdraw_consent", "delete_my_data", CONFIRMED})
# Where the journey goes on with what is left when one consent of it is taken back.
TAKEN_BACK_WITH = {
    Purpose.APPOINTMENT: (slots.INTERPRETER_NEEDED, slots.CONSENT_INTERPRETER, slots.READBACK),
    Purpose.INTERPRETER: (slots.READBACK,),
}
BOOKED = (slots.BOOKING_SLOT, slots.BOOKING_CONFIRMED, slots.BOOKING_OFFERED)


async def standings(conversation: Conversation, code: Optional[str] = None) -> list[Standing]:
    """All that can be found about the person here: this conversation, and the request of its code."""
    code = code or conversation.slot(slots.CODE)
    place, age = conversation.slot(slots.PLACE), conversation.slot(slots.AGE)
    here = await runtime().rights.here(conversation.intake_id, conversation.answers, place, age)
    sent = await runtime().rights.by_code(str(code)) if code else None
    return [here] if sent is None or sent.intake_id == here.intake_id else [here, sent]


def aside(conversation: Conversation, code: Optional[str]) -> list[EventType]:
    """Put an open question aside; a code that was written here is this conversation's from now on."""
    remembered = [SlotSet(slots.CODE, code)] if code else []
    # Reached by a followup (the code was asked for first), no rule says what comes after it.
    followed = [] if conversation.intent in INTENTS else [FollowupAction("action_listen")]
    return [*put_aside(conversation), *remembered, *followed]


class ActionPrivacyExport(GuardedAction):
    """What is known about the person, to read and as a file."""

    action_name = "action_privacy_export"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        code = parse(conversation.message.text)
        found = await standings(conversation, code)
        card = runtime().privacy.export(found)
        if card is None:
            dispatcher.utter_message(response="utter_privacy_export_nothing", args={"card": runtime().orientation.human()})
        else:
            sent = any(standing.submitted for standing in found)
            paper = runtime().privacy.receipt_paper([record for standing in found for record in standing.records])
            dispatcher.utter_message(
                response="utter_privacy_export_sent" if sent else "utter_privacy_export", args={"card": card, "paper": paper}
            )
        return aside(conversation, code)


class ActionPrivacyWithdraw(GuardedAction):
    """The consents that hold, each with a way to take it back."""

    action_name = "action_privacy_withdraw"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        code = parse(conversation.message.text)
        card = runtime().privacy.consents(await standings(conversation, code))
        if card is None:
            dispatcher.utter_message(response="utter_privacy_no_consents")
        else:
            dispatcher.utter_message(response="utter_privacy_consents", args={"card": card})
        return aside(conversation, code)


class ActionPrivacyForget(GuardedAction):
    """Says what would be deleted, and after a "yes" deletes it everywhere; an open question is put aside meanwhile."""

    action_name = "action_privacy_forget"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        code = parse(conversation.message.text)
        found = [standing for standing in await standings(conversation, code) if _holds_anything(standing)]
        if conversation.intent == CONFIRMED:
            return await self._forget(dispatcher, conversation, found)
        if not found:
            dispatcher.utter_message(response="utter_privacy_no_consents")
            return aside(conversation, code)
        rights, cards = runtime().rights, runtime().privacy
        previews = [cards.preview(standing, rights.preview(standing, Purpose.INTAKE)) for standing in found]
        rows = [row for card in previews for row in card["rows"]]
        dispatcher.utter_message(response="utter_privacy_forget_ask", args={"card": {"kind": "readback", "rows": rows}})
        return aside(conversation, code)

    async def _forget(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, found: list[Standing]
    ) -> list[EventType]:
        rows, later = [], False
        for standing in found:
            report = await runtime().rights.withdraw(standing, Purpose.INTAKE)
            rows += runtime().privacy.report(standing, report)["rows"]
            later = later or _is_later(report)
        name = "utter_privacy_later" if later else "utter_privacy_forgotten"
        card = {"card": {"kind": "readback", "rows": rows}} if rows else {}
        dispatcher.utter_message(response=name, args={**card, "forgotten": True})
        # Without a new run, the next intake would have the id of one that was submitted before.
        kept = [SlotSet(slots.LANGUAGE, conversation.slot(slots.LANGUAGE)), SlotSet(slots.RUN, conversation.run + 1)]
        # The code stays while something is still to be done, so that the person can ask how it stands.
        code = [SlotSet(slots.CODE, conversation.slot(slots.CODE))] if later else []
        # The conversation store deletes all that came before this event (bot/tracker_store.py).
        return [AllSlotsReset(), ActiveLoop(None), *kept, *code]


class ActionPrivacyChoice(GuardedAction):
    """What was tapped in "my data"."""

    action_name = "action_privacy_choice"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        what, _, rest = (conversation.entity("choice") or "").partition(":")
        ways = {
            "notice": self._notice,
            "code": self._code,
            "voluntary": self._voluntary,
            "show": self._explain,
            "on": self._switch_on,
            "off": self._switch_off,
            "ask": self._ask,
            "do": self._take_back,
        }
        return await ways.get(what, self._menu)(dispatcher, conversation, rest)

    async def _menu(self, dispatcher: CollectingDispatcher, conversation: Conversation, _: str) -> list[EventType]:
        back = {"title": nodes.label(NAV_LABELS, "back"), "payload": "/resume", "icon": "back", "style": "quiet"}
        dispatcher.utter_message(response="utter_privacy", args={"choices": [back] if conversation.active_form else []})
        return put_aside(conversation)

    async def _notice(self, dispatcher: CollectingDispatcher, conversation: Conversation, _: str) -> list[EventType]:
        card = runtime().privacy.notice()
        dispatcher.utter_message(response="utter_privacy_notice", args={"card": card, "with_german": True})
        return []

    async def _code(self, dispatcher: CollectingDispatcher, conversation: Conversation, wish: str) -> list[EventType]:
        return [*put_aside(conversation), SlotSet(slots.PRIVACY_WISH, wish), FollowupAction("status_form")]

    async def _voluntary(self, dispatcher: CollectingDispatcher, conversation: Conversation, _: str = "") -> list[EventType]:
        """What is nobody's condition, as it is switched now."""
        card = runtime().privacy.voluntary(await standings(conversation))
        dispatcher.utter_message(response="utter_privacy_voluntary", args={"card": card})
        return put_aside(conversation)

    async def _explain(self, dispatcher: CollectingDispatcher, conversation: Conversation, purpose: str) -> list[EventType]:
        args = runtime().privacy.voluntary_question(Purpose(purpose))
        dispatcher.utter_message(response="utter_privacy_voluntary_ask", args=args)
        return put_aside(conversation)

    async def _switch_on(self, dispatcher: CollectingDispatcher, conversation: Conversation, purpose: str) -> list[EventType]:
        shown, channel = conversation.shown_language, conversation.channel
        await asyncio.to_thread(runtime().consents.grant, conversation.intake_id, Purpose(purpose), shown, channel)
        return await self._voluntary(dispatcher, conversation)

    async def _switch_off(self, dispatcher: CollectingDispatcher, conversation: Conversation, purpose: str) -> list[EventType]:
        for standing in await standings(conversation):
            await asyncio.to_thread(runtime().consents.take_back, standing.intake_id, Purpose(purpose))
        return await self._voluntary(dispatcher, conversation)

    async def _ask(self, dispatcher: CollectingDispatcher, conversation: Conversation, which: str) -> list[EventType]:
        """Say what falls away with a consent before it is taken back."""
        standing, purpose = await _granted(conversation, which)
        if standing is None:
            dispatcher.utter_message(response="utter_privacy_no_consents")
            return []
        preview = runtime().rights.preview(standing, purpose)
        choices = [
            {"title": nodes.label(LABELS, "yes"), "payload": payload(f"do:{which}"), "style": "equal"},
            {"title": nodes.label(LABELS, "no"), "payload": "/resume", "style": "equal"},
        ]
        args = {"card": runtime().privacy.preview(standing, preview), "choices": choices}
        dispatcher.utter_message(response="utter_privacy_withdraw_ask", args=args)
        return put_aside(conversation)

    async def _take_back(self, dispatcher: CollectingDispatcher, conversation: Conversation, which: str) -> list[EventType]:
        standing, purpose = await _granted(conversation, which)
        if standing is None:
            dispatcher.utter_message(response="utter_privacy_no_consents")
            return []
        report = await runtime().rights.withdraw(standing, purpose)
        name = "utter_privacy_later" if _is_later(report) else "utter_privacy_withdrawn"
        goes_on = not standing.submitted and purpose is not Purpose.INTAKE
        choices = [{"title": nodes.label(NAV_LABELS, "submit"), "payload": "/start_counselling"}] if goes_on else []
        args = {"card": runtime().privacy.report(standing, report), "choices": choices}
        dispatcher.utter_message(response=name, args=args)
        if standing.submitted and standing.intake_id != conversation.intake_id:
            return put_aside(conversation)
        # The question that was open may have lost its reason; the journey goes on with the next one.
        left = [*LEAVE_FORM, SlotSet(slots.LEFT_FORM, None)]
        if purpose is Purpose.INTAKE:
            # What was handed over keeps its number, also when the step after it was lost: the next request gets another one.
            run = [SlotSet(slots.RUN, conversation.run + 1)] if standing.submitted else []
            return [*left, *run, SlotSet(slots.PLACE, None), *forgotten(conversation.answers)]
        cleared = [SlotSet(slot, None) for slot in (*TAKEN_BACK_WITH.get(purpose, ()), *BOOKED)]
        refused = SlotSet(SLOT_OF_PURPOSE[purpose], Answer.chosen(False).to_slot())
        return [*left, *cleared, refused]


async def _granted(conversation: Conversation, which: str) -> tuple[Optional[Standing], Purpose]:
    """The standing that holds the consent that was tapped, here or handed over; None if it was taken back meanwhile."""
    where, _, name = which.partition(":")
    purpose = Purpose(name)
    found = (each for each in await standings(conversation) if each.submitted == (where == SENT))
    return next((each for each in found if each.holds(purpose)), None), purpose


def _holds_anything(standing: Standing) -> bool:
    return not is_withdrawn(standing) if standing.submitted else bool(standing.said_here or standing.granted)


def _is_later(report: Report) -> bool:
    return any(result is Result.LATER for _, result in report)

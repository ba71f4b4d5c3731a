"""Hand-over: read back, submit, receipt; and the way back by code."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction, ValidateAction, asks
from actions.conversation import Conversation
from actions.model import slots
from actions.model.answer import Answer, Answers
from actions.model.case_code import parse
from actions.model.errors import BackendUnavailable, StatusNotTold
from actions.runtime import runtime
from actions.services.handoff import StatusUnknown
from actions.services.privacy import PAPER
from actions.services.receipts import receipt_card, status_card

PRIVACY_ACTIONS = {
    "export": "action_privacy_export",
    "withdraw": "action_privacy_withdraw",
    "delete": "action_privacy_forget",
}


class ValidateHandoffForm(ValidateAction):
    form = "handoff_form"


class ValidateStatusForm(ValidateAction):
    form = "status_form"

    async def on_answer(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, answer: Answer
    ) -> list[EventType]:
        return [SlotSet(slot, answer.value), SlotSet(slots.ATTEMPTS, None), SlotSet(slots.REQUESTED, None)]


QUESTIONS = asks(slots.READBACK)


class AskHandoffStatusCode(GuardedAction):
    action_name = f"action_ask_{slots.STATUS_CODE}"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        dispatcher.utter_message(response=f"utter_ask_{slots.STATUS_CODE}")
        return []


class ActionHandoffSubmit(GuardedAction):
    """Submits the intake. Afterwards the conversation keeps the code and forgets the answers."""

    action_name = "action_handoff_submit"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        answers = conversation.answers
        receipt = await runtime().handoff.submit(conversation.intake_id, conversation.language, conversation.channel, answers)
        card = receipt_card(receipt, answers, runtime().orientation.human()["offices"])
        records = await asyncio.to_thread(runtime().ledger.records, conversation.intake_id)
        card |= {"file": runtime().privacy.receipt_file(records), "paper": PAPER}
        paper = runtime().privacy.receipt_paper(records, receipt.code)
        name = "utter_handoff_receipt" if receipt.arrived else "utter_handoff_receipt_pending"
        dispatcher.utter_message(response=name, args={"code": receipt.code, "card": card, "paper": paper})
        return [
            *forgotten(answers),
            SlotSet(slots.RUN, conversation.run + 1),
            SlotSet(slots.CODE, receipt.code),
            # Reached by a followup, so no rule says what comes after it.
            FollowupAction("action_listen"),
        ]


def forgotten(answers: Answers) -> list[EventType]:
    """Take all answers out of the conversation."""
    return [SlotSet(name, None) for name in (*answers, slots.WRITER, slots.BOOKING_OFFERED)]


class ActionHandoffStatus(GuardedAction):
    """How the request stands, by the code of this conversation or one that the person types."""

    action_name = "action_handoff_status"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        typed = parse(conversation.message.text)
        code = typed or conversation.slot(slots.STATUS_CODE) or conversation.slot(slots.CODE)
        if code is None:
            return [SlotSet(slots.PRIVACY_WISH, None), FollowupAction("status_form")]
        wish = conversation.slot(slots.PRIVACY_WISH)
        if wish in PRIVACY_ACTIONS and conversation.slot(slots.STATUS_CODE):
            # The code was asked for on the way to something else.
            done = [SlotSet(slots.STATUS_CODE, None), SlotSet(slots.PRIVACY_WISH, None), SlotSet(slots.CODE, str(code))]
            return [*done, FollowupAction(PRIVACY_ACTIONS[wish])]
        response, args = await self._answer(str(code))
        dispatcher.utter_message(response=response, args=args)
        return [SlotSet(slots.STATUS_CODE, None)]

    async def _answer(self, code: str) -> tuple[str, dict[str, Any]]:
        try:
            status = await runtime().status.by_code(code)
        except StatusUnknown:
            return "utter_status_unknown", {"card": runtime().orientation.human()}
        except StatusNotTold:
            return "utter_status_not_told", {"card": runtime().orientation.human()}
        except BackendUnavailable:
            return "utter_status_unavailable", {}
        if status is None:
            return "utter_status_pending", {}
        return "utter_status", {"state": status.state, "card": status_card(status)}

"""What the actions of all journeys share: reading the tracker, asking, validating."""

from __future__ import annotations

import abc
from typing import Any, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Conversation
from actions.guard import guarded
from actions.model import slots
from actions.model.answer import Answer
from actions.model.outcome import Accepted, Change, NotUnderstood, Outcome
from actions.runtime import runtime

MAX_ATTEMPTS = 2
LEAVE_FORM = [ActiveLoop(None), SlotSet(slots.REQUESTED, None), SlotSet(slots.ATTEMPTS, None)]


class GuardedAction(Action, abc.ABC):
    """An action that never fails silently. Subclasses say their name and what they do."""

    @property
    @abc.abstractmethod
    def action_name(self) -> str:
        """A class attribute in subclasses; abstract, because rasa-sdk makes one of every class that is not."""

    def name(self) -> str:
        return self.action_name

    @guarded
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        return await self.act(dispatcher, Conversation(tracker))

    @abc.abstractmethod
    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        """Call one service; return events and utter response names."""


class AskAction(GuardedAction, abc.ABC):
    """Asks for one slot."""

    @property
    @abc.abstractmethod
    def slot(self) -> str:
        """A class attribute in subclasses."""

    @property
    def action_name(self) -> str:
        return f"action_ask_{self.slot}"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        response, args = runtime().asking.ask(self.slot, conversation.answers, conversation.language)
        dispatcher.utter_message(response=response, args=args)
        return []


def asks(*names: str) -> list[type[AskAction]]:
    """Actions that put the question of a slot and do nothing else; whoever keeps them makes them known to rasa-sdk."""
    return [type(f"Ask {name}", (AskAction,), {"slot": name, "__module__": __name__}) for name in names]


class ValidateAction(GuardedAction, abc.ABC):
    """Reads the answer to the open question of a form.

    No event but the question itself means "this was no answer": Rasa then lets the rules speak and asks again.
    """

    @property
    @abc.abstractmethod
    def form(self) -> str:
        """A class attribute in subclasses."""

    @property
    def action_name(self) -> str:
        return f"validate_{self.form}"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        slot = conversation.requested_slot
        if conversation.active_form != self.form:
            return []
        if slot is None:
            return self._opened(conversation)
        message = conversation.message
        if message.question not in (None, slot):
            # A tap that comes late answers nothing; the open question is put again.
            return [SlotSet(slot, None), SlotSet(slots.REQUESTED, slot)]
        if conversation.is_minor and not conversation.is_crisis and slot != slots.STATUS_CODE:
            # No form for who is under 18: this one ends, and the next step says who helps.
            return reopened(slot)
        outcome = runtime().dialogue.interpret(slot, message, conversation.answers)
        events = await self.on_outcome(dispatcher, conversation, slot, outcome)
        # Left to itself Rasa would go on with the first slot that is empty, which may be one that is not to be asked.
        decided = any(event.get("name") == slots.REQUESTED for event in events)
        return events if decided else [*events, SlotSet(slots.REQUESTED, slot)]

    def _opened(self, conversation: Conversation) -> list[EventType]:
        """The form begins: with the question that the Leitfaden has next, not with the first empty slot."""
        following = runtime().journey.next_question(conversation.answers)
        return [SlotSet(slots.REQUESTED, following.slot)] if following and following.form == self.form else []

    async def on_outcome(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, outcome: Outcome
    ) -> list[EventType]:
        """Turn the outcome into events; subclasses add what their journey does with an answer."""
        if isinstance(outcome, Accepted):
            return await self.on_answer(dispatcher, conversation, slot, outcome.answer)
        if isinstance(outcome, Change):
            return reopened(outcome.slot, slots.READBACK)
        if isinstance(outcome, NotUnderstood):
            return explained(dispatcher, conversation, slot, outcome)
        return []

    async def on_answer(
        self, dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, answer: Answer
    ) -> list[EventType]:
        """The question is answered."""
        return answered(conversation, self.form, slot, answer)


def answered(conversation: Conversation, form: Optional[str], slot: str, answer: Answer) -> list[EventType]:
    """Keep an answer and go on within the form, or end it where the next question belongs to another one."""
    following = runtime().journey.next_question(conversation.answers.with_answer(slot, answer))
    same_form = following is not None and following.form == form
    return [
        SlotSet(slot, answer.to_slot()),
        SlotSet(slots.ATTEMPTS, None),
        SlotSet(slots.REQUESTED, following.slot if following and same_form else None),
    ]


def put_aside(conversation: Conversation) -> list[EventType]:
    """Leave an open question so that it is not asked again at once; "back to where I was" (``resume``) opens it again."""
    if conversation.active_form is None:
        return []
    return [*LEAVE_FORM, SlotSet(slots.LEFT_FORM, conversation.active_form)]


def reopened(*names: str) -> list[EventType]:
    """Take answers back and end the form, so that the first open question is asked next."""
    return [*(SlotSet(name, None) for name in names), SlotSet(slots.REQUESTED, None)]


def explained(dispatcher: CollectingDispatcher, conversation: Conversation, slot: str, outcome: NotUnderstood) -> list[EventType]:
    """Explain once with an example; after the second time offer to skip, or a person."""
    attempts = conversation.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        dispatcher.utter_message(response="utter_two_failures" if runtime().journey.entry(slot) else "utter_two_failures_needed")
    else:
        dispatcher.utter_message(response=outcome.response, args=dict(outcome.args))
    return [SlotSet(slot, None), SlotSet(slots.ATTEMPTS, attempts)]

"""The language of the conversation: chosen by the person, sticky, changed at any time."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction
from actions.conversation import Conversation
from actions.model import slots
from actions.runtime import runtime
from actions.services.languages import language_choices


class ActionLanguageChange(GuardedAction):
    """Change the language; without a known one, offer those that there are."""

    action_name = "action_language_change"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        languages = runtime().content.profile.languages
        wanted = conversation.entity("language")
        if wanted not in languages:
            name = "utter_language_unknown" if wanted else "utter_language_menu"
            dispatcher.utter_message(response=name, args={"choices": language_choices(languages)})
            return []
        first = conversation.slot(slots.LANGUAGE) is None
        name = "utter_greet" if first else "utter_language_changed"
        dispatcher.utter_message(response=name, args={"lang": wanted, "switch": True})
        if wanted in runtime().content.profile.draft_languages:
            dispatcher.utter_message(response="utter_language_partial", args={"lang": wanted})
        return [SlotSet(slots.LANGUAGE, wanted)]


class ActionLanguageOffer(GuardedAction):
    """The person writes in another language: offer it once, in that language. Never switch unasked."""

    action_name = "action_language_offer"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        languages = runtime().content.profile.languages
        written = conversation.entity("detected_language")
        if written in languages:
            change, stay = language_choices([str(written), conversation.language])
            choices = [change, {**stay, "payload": "/resume", "style": "quiet"}]
            dispatcher.utter_message(response="utter_language_offer", args={"lang": written, "choices": choices})
        else:
            dispatcher.utter_message(response="utter_language_unsupported", args={"choices": language_choices(languages)})
        return [SlotSet(slots.OFFERED_LANGUAGE, written)]

"""The language of the conversation: chosen by the person, sticky, changed at any time."""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import GuardedAction
from actions.conversation import Conversation
from actions.model import nodes, slots
from actions.runtime import runtime


class ActionLanguageChange(GuardedAction):
    """Change the language; without a known one, offer those that there are."""

    action_name = "action_language_change"

    async def act(self, dispatcher: CollectingDispatcher, conversation: Conversation) -> list[EventType]:
        profile = runtime().content.profile
        wanted = conversation.entity("language")
        if wanted not in profile.languages:
            name = "utter_language_unknown" if wanted else "utter_language_menu"
            choices = [
                {"title": nodes.language(tag), "payload": f'/change_language{{"language": "{tag}"}}', "own_name": tag}
                for tag in profile.languages
            ]
            dispatcher.utter_message(response=name, args={"choices": choices})
            return []
        first = conversation.slot(slots.LANGUAGE) is None
        name = "utter_greet" if first else "utter_language_changed"
        dispatcher.utter_message(response=name, args={"lang": wanted})
        return [SlotSet(slots.LANGUAGE, wanted)]

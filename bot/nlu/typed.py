"""What a person typed, for all components: a tapped choice comes as ``/intent{…}`` and is read by Rasa alone."""

from __future__ import annotations

from typing import Any, Optional

from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import LANGUAGE_SLOT, base

CHOSEN = "chosen_language"


def typed(message: Message) -> str:
    """The text that was typed; empty for a tapped choice."""
    text = str(message.get(TEXT) or "")
    return "" if text.startswith(INTENT_MESSAGE_PREFIX) else text


def remember_language(message: Message, tracker: Optional[DialogueStateTracker]) -> None:
    """Tell the components that come after which language the conversation has."""
    chosen = tracker.get_slot(LANGUAGE_SLOT) if tracker else None
    message.set(CHOSEN, chosen or (message.get("metadata") or {}).get("language"))


def chosen_language(message: Message) -> Optional[str]:
    """The language of the conversation, without variants ("de" for "de-simple"); None if it is not known."""
    language = message.get(CHOSEN)
    return base(str(language)) if language else None


def is_settled(message: Message) -> bool:
    """Whether a component has said what the message means."""
    return bool((message.get(INTENT) or {}).get("name"))


def settle(message: Message, ranking: list[dict[str, Any]]) -> None:
    """Say what the message means: the first of the ranking, each with ``name`` and ``confidence``."""
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)

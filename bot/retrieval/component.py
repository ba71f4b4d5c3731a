"""Looks a message up in the municipality's own pages where no topic may answer it."""

from __future__ import annotations

from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.languages import SOURCE_LANGUAGE, base, direction
from bot.nlu.intent import UNSURE
from bot.nlu.language import DETECTED
from bot.nlu.typed import chosen_language, typed
from bot.retrieval.lookup import Lookup, folder_of
from bot.settings import Municipality

FOUND_PAGE = "page"
SECOND = "en"
"""Pages in it are shown to those for whom there are none in their language or in German."""


def may_lack_an_answer(intent: str) -> bool:
    """Whether it can happen that we have no answer of our own: a topic that is not published, or none at all."""
    return intent in (UNSURE, "out_of_scope") or intent.startswith("ask_")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PageFinder(GraphComponent, EntityExtractorMixin):
    """Adds ``page`` to the parsed message: ``title``, ``passage``, ``url``, ``changed`` (a date), ``lang`` and ``dir``.

    Not an entity: it is no part of what was said and no rule goes by it. After the classifier; an action shows it.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> PageFinder:
        return cls(Lookup(folder_of(Municipality.load().tenant)))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text, intent = typed(message), str((message.get(INTENT) or {}).get("name") or "")
            # Gibberish has no other meanings: nothing is looked up.
            if text and may_lack_an_answer(intent) and len(message.get("intent_ranking") or ()) > 1:
                found = self._found(text, _languages(message))
                if found:
                    message.set(FOUND_PAGE, found, add_to_output=True)
        return messages

    def _found(self, text: str, languages: list[str]) -> Optional[dict[str, str]]:
        hit = self._lookup.best(text, languages)
        if hit is None:
            return None
        language = base(hit.page.language)
        return {
            "title": hit.page.title,
            "passage": hit.passage,
            "url": hit.page.url,
            "changed": hit.page.changed,
            "lang": language,
            "dir": direction(language),
        }


def _languages(message: Message) -> list[str]:
    """The language of the question, that of the conversation, and those that help most if there are no pages in these."""
    written = [str(entity["value"]) for entity in message.get(ENTITIES, []) if entity["entity"] == DETECTED]
    chosen = chosen_language(message)
    return [*written, *([chosen] if chosen else []), SOURCE_LANGUAGE, SECOND]

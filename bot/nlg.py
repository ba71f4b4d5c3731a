"""Answers in the person's language, in process, from gettext catalogues.

The domain holds the German source texts; which sentence is said is decided by rules and actions, how it sounds by the
catalogue. A message whose translation is incomplete comes in German as a whole and says so by its ``lang``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Optional

import yaml
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.catalogues import Untranslated
from bot.languages import LANGUAGE_SLOT, SOURCE_LANGUAGE, direction, own_name
from bot.rendering import Renderer
from bot.settings import ROOT, Municipality

PASSED_ON = ("progress", "select")
ANSWER = "/answer"


class GettextNLG(TemplatedNaturalLanguageGenerator):
    """Subclasses the templated generator because only that gets the responses of a loaded model (rasa.core.agent)."""

    def __init__(self, endpoint_config: Optional[EndpointConfig] = None, domain: Optional[Domain] = None) -> None:
        super().__init__(domain.responses if domain else {})
        self._municipality = Municipality.load()
        self._codes = yaml.safe_load((ROOT / "contracts/codes-v1.yml").read_text(encoding="utf-8"))
        self._emergency = yaml.safe_load((ROOT / "data/emergency.yml").read_text(encoding="utf-8"))
        self._common = {
            "municipality": self._municipality.name,
            "municipality_in": self._municipality.name_in,
            "service": self._municipality.service_name,
            "hours": self._municipality.conversation_hours,
        }
        self._renderers: dict[str, Renderer] = {}

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> Optional[dict[str, Any]]:
        """The message for a response name; ``args`` (nodes) comes from the action that utters it."""
        if utter_action not in self.responses:
            return None
        args = kwargs.get("args") or {}
        language = args.get("lang") or self.language(tracker)
        try:
            message = self._message(utter_action, args, self._renderer(language))
        except (Untranslated, FileNotFoundError):
            message = self._message(utter_action, args, self._renderer(SOURCE_LANGUAGE))
        return {**message, "conversation_language": language if args.get("switch") else self.language(tracker)}

    def language(self, tracker: DialogueStateTracker) -> str:
        """The language of a conversation; before one is chosen, that of its latest message."""
        chosen = tracker.get_slot(LANGUAGE_SLOT)
        if chosen is None and tracker.latest_message is not None:
            chosen = (tracker.latest_message.metadata or {}).get("language")
        return chosen if chosen in self._municipality.languages else SOURCE_LANGUAGE

    def in_columns(self, nodes: Any, language: str) -> list[tuple[str, Any]]:
        """Nodes rendered in a language and in German beside it; in German alone where the language lacks a text."""
        german = (SOURCE_LANGUAGE, self._renderer(SOURCE_LANGUAGE).render(nodes))
        if language == SOURCE_LANGUAGE:
            return [german]
        try:
            return [(language, self._renderer(language).render(nodes)), german]
        except (Untranslated, FileNotFoundError):
            return [german]

    def _renderer(self, language: str) -> Renderer:
        known = self._renderers.get(language)
        # The responses are exchanged when another model is loaded.
        if known is None or known._responses is not self.responses:
            known = Renderer(language, self.responses, self._codes, self._common, self._municipality.time_zone)
            self._renderers[language] = known
        return known

    def _message(self, name: str, args: Mapping[str, Any], renderer: Renderer) -> dict[str, Any]:
        template = self.responses[name][0]
        texts = {key: value for key, value in args.items() if key not in ("card", "paper", "choices", "nav", "why", "asks")}
        message: dict[str, Any] = {
            "text": renderer.text(template["text"], name, texts) if "text" in template else "",
            "lang": renderer.language,
            "dir": renderer.direction,
            "buttons": _quiet_last(
                self._buttons(template.get("buttons") or (), name, renderer)
                + [_choice(choice, renderer) for choice in args.get("choices", ())]
            ),
        }
        card = args.get("card") or self._static_card(template.get("custom") or {})
        if card:
            message["card"] = renderer.render(card)
        for key in ("why", "nav", *PASSED_ON):
            if key in args:
                message[key] = renderer.render(args[key])
        if args.get("with_german") and renderer.language != SOURCE_LANGUAGE:
            message["german"] = self._german(name, texts, card)
        return _bound(message, args["asks"]) if "asks" in args else message

    def _buttons(self, buttons: Any, context: str, renderer: Renderer) -> list[dict[str, Any]]:
        return [{**button, "title": renderer.text(button["title"], context, {})} for button in buttons]

    def _german(self, name: str, texts: Mapping[str, Any], card: Any) -> str:
        german = self._renderer(SOURCE_LANGUAGE)
        rows = (german.render(card) or {}).get("rows", ())
        lines = [f"{row['label']}: {row['value']}" for row in rows]
        return "\n".join([german.response(name, texts), *lines])

    def _static_card(self, custom: Mapping[str, Any]) -> Any:
        if custom.get("card") != "emergency":
            return None
        first = custom.get("first") or ()
        place = {tel: number for number, tel in enumerate(first)}
        shown = [entry for entry in self._emergency["numbers"] if entry["tel"] in place or not custom.get("only_first")]
        order = sorted(shown, key=lambda entry: place.get(entry["tel"], len(first)))
        numbers = [
            {
                "number": entry["number"],
                "tel": entry["tel"],
                "label": {"$text": entry["label"], "context": "emergency", "args": {}},
            }
            for entry in order
        ]
        care = {"$text": self._emergency["text"], "context": "emergency", "args": {}}
        return {"kind": "emergency", "text": care, "numbers": numbers}


def _bound(value: Any, question: str) -> Any:
    """The same with every choice tied to the question that it answers.

    An answer of ours may get lost and a tap come again; it must not be a yes to what is asked by then.
    """
    if isinstance(value, Mapping):
        tied = {key: _bound(item, question) for key, item in value.items()}
        if str(tied.get("payload", "")).startswith(ANSWER + "{"):
            choice = {**json.loads(tied["payload"][len(ANSWER) :]), "question": question}
            tied["payload"] = ANSWER + json.dumps(choice, ensure_ascii=False)
        return tied
    return [_bound(item, question) for item in value] if isinstance(value, list) else value


def _quiet_last(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(buttons, key=lambda button: button.get("style") == "quiet")


def _choice(choice: Mapping[str, Any], renderer: Renderer) -> dict[str, Any]:
    tag = choice.get("own_name")
    if tag:
        return {"title": own_name(tag), "payload": choice["payload"], "lang": tag, "dir": direction(tag)}
    return {**choice, "title": renderer.render(choice["title"])}

"""Puts the nodes of an answer (actions/model/nodes.py) into a language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Optional
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list

from bot.catalogues import translate
from bot.languages import direction, locale_of, name_in

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Responses = Mapping[str, Sequence[Mapping[str, Any]]]
Codes = Mapping[str, Mapping[str, Mapping[str, Any]]]


def isolate(text: str) -> str:
    """Set a run of another language or script apart, so that it does not disturb the direction around it."""
    return f"{ISOLATE}{text}{END_ISOLATE}" if text else text


class Renderer:
    """Renders nodes in one language. Raises Untranslated where the language lacks a text."""

    def __init__(self, language: str, responses: Responses, codes: Codes, common: Mapping[str, Any], zone: str) -> None:
        """``common`` are arguments that every text may use; ``zone`` is the time zone of the municipality."""
        self.language = language
        self.direction = direction(language)
        self._locale = locale_of(language)
        self._responses, self._codes, self._common, self._zone = responses, codes, common, ZoneInfo(zone)
        self._kinds: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
            "$text": lambda node: self.text(node["$text"], node["context"], node["args"]),
            "$response": lambda node: self.response(node["$response"], node["args"]),
            "$label": lambda node: self._label(node["$label"], node["args"]),
            "$code": lambda node: self._code(node["$code"]),
            "$language": lambda node: name_in(node["$language"], self._locale),
            "$moment": lambda node: self._moment(node["$moment"], node.get("until")),
            "$day": lambda node: format_date(date.fromisoformat(node["$day"]), "long", locale=self._locale),
            "$weekdays": lambda node: self._weekdays(node["$weekdays"]),
            "$list": lambda node: format_list([str(self.render(item)) for item in node["$list"]], locale=self._locale),
            "$own": lambda node: isolate(node["$own"]),
        }

    def render(self, value: Any) -> Any:
        """A copy of a structure in which every node has become text."""
        if isinstance(value, Mapping):
            kind = next(iter(value), "")
            if kind in self._kinds:
                return self._kinds[kind](value)
            return {key: self.render(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.render(item) for item in value]
        return value

    def text(self, german: str, context: str, args: Mapping[str, Any]) -> str:
        """A text with its placeholders filled."""
        template = translate(german, context, self.language)
        if "{" not in template:
            return template
        return template.format_map({**self._common, **{name: self._argument(value) for name, value in args.items()}})

    def response(self, name: str, args: Mapping[str, Any]) -> str:
        """The text of a response of the domain."""
        return self.text(self._responses[name][0]["text"], name, args)

    def _argument(self, value: Any) -> Any:
        if isinstance(value, str) and self.direction == "rtl":
            return isolate(value)
        return self.render(value)

    def _label(self, path: str, args: Mapping[str, Any]) -> str:
        name, key = path.split(".")
        return self.text(self._responses[name][0]["custom"]["texts"][key], name, args)

    def _code(self, path: str) -> str:
        code_list, *state, code = path.split(".")
        if code_list == "reasons":
            return translate(self._codes["states"][state[0]]["reasons"][code]["label"], "code.reasons", self.language)
        return translate(self._codes[code_list][code]["label"], f"code.{code_list}", self.language)

    def _moment(self, iso: str, until: Optional[str]) -> str:
        start = datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(self._zone)
        day = format_date(start, "full", locale=self._locale)
        clock = format_time(start, "short", locale=self._locale)
        if until:
            end = datetime.fromisoformat(until.replace("Z", "+00:00")).astimezone(self._zone)
            clock = f"{clock} – {format_time(end, 'short', locale=self._locale)}"
        return f"{day} · {isolate(clock)}" if self.direction == "rtl" else f"{day} · {clock}"

    def _weekdays(self, days: Sequence[str]) -> str:
        names = get_day_names("abbreviated", locale=self._locale)
        numbers = [WEEK.index(day) for day in days]
        if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
            return f"{names[numbers[0]]} – {names[numbers[-1]]}"
        return ", ".join(names[number] for number in numbers)

"""What a person answered, with its provenance; the shape in which slots and the hand-over keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Optional


class Provenance(str, Enum):
    """How a value came about (contracts/intake-v1.schema.json)."""

    SAID = "said"
    CHOSEN = "chosen"
    SKIPPED = "skipped"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Answer:
    """One answer: ``value`` is what the rules work on, ``original`` what the person wrote, untouched."""

    value: Any
    provenance: Provenance
    original: Optional[str] = None
    language: Optional[str] = None

    @classmethod
    def chosen(cls, value: Any) -> Answer:
        """An answer picked from what was offered."""
        return cls(value, Provenance.CHOSEN)

    @classmethod
    def said(cls, value: Any, original: str, language: str) -> Answer:
        """An answer in the person's own words, written in ``language``."""
        return cls(value, Provenance.SAID, original, language)

    @classmethod
    def skipped(cls) -> Answer:
        """The person chose not to answer. Not the same as "no"."""
        return cls(None, Provenance.SKIPPED)

    @classmethod
    def withheld(cls) -> Answer:
        """The person said that they do not want to say it: an answer, unlike skipping, and not to be asked again."""
        return cls(None, Provenance.WITHHELD)

    @property
    def is_open(self) -> bool:
        """Whether nothing was said: skipped or withheld."""
        return self.provenance in (Provenance.SKIPPED, Provenance.WITHHELD)

    def to_slot(self) -> dict[str, Any]:
        """The JSON form kept in a Rasa slot."""
        return {
            "value": self.value,
            "provenance": self.provenance.value,
            "original": self.original,
            "language": self.language,
        }

    @classmethod
    def from_slot(cls, data: Any) -> Optional[Answer]:
        """The answer kept in a slot, or None where nothing was answered yet."""
        if not isinstance(data, dict) or "provenance" not in data:
            return None
        return cls(data.get("value"), Provenance(data["provenance"]), data.get("original"), data.get("language"))


class Answers(Mapping[str, Answer]):
    """All answers given so far, by slot name. Unanswered slots are absent."""

    def __init__(self, slots: Mapping[str, Any]) -> None:
        self._answers = {name: answer for name, raw in slots.items() if (answer := Answer.from_slot(raw)) is not None}

    def __getitem__(self, name: str) -> Answer:
        return self._answers[name]

    def __iter__(self) -> Any:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def value(self, name: str) -> Any:
        """The value of an answer; None if it is missing, was skipped or withheld."""
        answer = self._answers.get(name)
        return answer.value if answer else None

    def with_answer(self, name: str, answer: Optional[Answer]) -> Answers:
        """A copy in which one answer is set, or taken back with None."""
        copy = Answers({})
        copy._answers = {key: value for key, value in self._answers.items() if key != name}
        if answer is not None:
            copy._answers[name] = answer
        return copy

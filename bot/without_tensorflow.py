"""Lets Rasa start without TensorFlow, which it imports for components that we do not use.

A bot that does not load it starts sooner and needs less memory (benchmarks/README.md). Two ways lead to it:
``rasa.utils.train_utils``, for the training of neural components, and the validator that every trained model names. There
is no switch.
``tests/conversations/test_channel.py`` notices when another Rasa takes another way.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

NEURAL = (
    *(f"rasa.utils.tensorflow.{name}" for name in ("callback", "data_generator", "model_data")),
    "rasa.graph_components.validators.default_recipe_validator",
)


class _Unused(ModuleType):
    """Has a class of every name, so that it can be imported; none of them can be used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__init__": _refuse})


def _refuse(self: Any, *arguments: Any, **named: Any) -> None:
    raise RuntimeError(f"{type(self).__name__} needs TensorFlow, which is not loaded (bot/without_tensorflow.py)")


def leave_tensorflow_out() -> None:
    """To be called before anything of Rasa is imported; does nothing to what is imported already."""
    for name in NEURAL:
        sys.modules.setdefault(name, _Unused(name))

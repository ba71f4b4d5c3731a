"""What the guard and the classifier share: a component that trains, keeps and loads one TwoViews."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier

from bot.nlu.kernel import TwoViews

WEIGHTS = "classifier.npz"


class LearntClassifier(GraphComponent, IntentClassifier):
    """Subclasses train ``_model`` and then return ``_kept()``; what else they learn they write and read beside it."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._model_storage, self._resource = config, model_storage, resource
        self._model: Optional[TwoViews] = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See TwoViews.trained."""
        return {"width": 0.25, "letters": 0.5, "ridge": 0.05, "apart": 0.6}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LearntClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LearntClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._read(directory)
        return component

    def _kept(self) -> Resource:
        """Keep what was learnt."""
        with self._model_storage.write_to(self._resource) as directory:
            self._write(directory)
        return self._resource

    def _write(self, directory: Path) -> None:
        if self._model is not None:
            np.savez(directory / WEIGHTS, **self._model.state)

    def _read(self, directory: Path) -> None:
        # No pickled objects: a model file is data, never code.
        self._model = TwoViews(np.load(directory / WEIGHTS, allow_pickle=False))

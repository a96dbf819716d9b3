"""Keras, whatever its backend: the preset's weights. Importing it takes seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from sr_app.files.extras import naming_extras
from sr_app.files.quiet import quiet_start
from sr_app.inference.runtime import MixingRuntime, raise_if_memory
from sr_app.networks.card import Card
from sr_app.networks.families import family_of
from sr_app.networks.presets import load_preset

if TYPE_CHECKING:
    import keras


class KerasRuntime(MixingRuntime):
    """A network in Keras: the preset's, or another.

    Args:
        model: as ``networks.families.build_network`` makes it; the preset's own if None.

    Raises:
        ValueError: if the weights are missing or are not those that the card describes.
    """

    NEEDS, LIBRARY = "weights", "keras"

    @classmethod
    def suits(cls, card: Card) -> bool:
        return super().suits(card) and family_of(card.network).HAS_WEIGHTS

    def __init__(self, card: Card, model: keras.Model | None = None):
        with naming_extras(), quiet_start():
            import keras  # noqa: F401  (where it is missing, that is said before any file is read)

        self.model = load_preset(card.folder) if model is None else model

    def run(self, batch: np.ndarray) -> np.ndarray:
        try:
            return np.asarray(self.model.predict_on_batch(batch))
        except Exception as error:  # every backend has its own class
            raise_if_memory(error, batch)
            raise

    @classmethod
    def mixed(cls, faithful: Card, vivid: Card, t: float) -> Self:
        from sr_app.networks.interpolation import interpolate

        first, second = (load_preset(card.folder) for card in (faithful, vivid))
        return cls(faithful, interpolate(first, second, t))

"""A small network that ranks networks: propose many, evaluate few.

Xu et al., "ReNAS: Relativistic Evaluation of Neural Architecture Search", CVPR 2021.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import numpy as np
from keras import layers, ops

from sr_app.search.features import encode
from sr_app.search.survival import best, non_dominated
from sr_app.training.fitting import fit_stage
from sr_app.training.schedule import Schedule

FEWEST_LABELS = 16
"""Candidates that must be scored before the predictor is asked."""


def pair_loss(labels, outputs):
    """Mean over pairs of ``log(1 + exp(-(o_i - o_j) sign(y_i - y_j)))``, ReNAS equation 5.

    Pairs of equal labels say nothing and are left out.

    Args:
        labels, outputs: (n, 1).
    """
    gaps = labels - ops.transpose(labels)  # (n, n)
    apart = ops.cast(ops.not_equal(gaps, 0), outputs.dtype)
    losses = ops.softplus(-(outputs - ops.transpose(outputs)) * ops.sign(gaps))
    return ops.sum(apart * losses) / ops.maximum(ops.sum(apart), 1.0)


def squared_loss(labels, outputs):
    """Mean squared error: what ranking is compared with."""
    return ops.mean(ops.square(labels - outputs))


LOSSES: dict[str, Callable] = {"pair": pair_loss, "squared": squared_loss}


class FullBatch(keras.utils.PyDataset):
    """All features and labels as one batch, ``steps`` times."""

    def __init__(self, features: np.ndarray, labels: np.ndarray, steps: int):
        super().__init__()
        self.data, self.steps = (features, labels), steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.data


class Ranking(keras.Model):
    """A stage like every other: features and labels, with one of `LOSSES`."""

    def __init__(self, network: keras.Model, loss: str):
        super().__init__(name="ranking")
        self.network, self.rank_loss = network, LOSSES[loss]
        self.built = True

    def call(self, features, training=False):
        return self.network(features, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self.rank_loss(y, y_pred)


class Predictor:
    """Learns the order of networks from their feature tensors.

    Labels are validation scores: an order learned from test scores would leak them.

    Args:
        loss: ``pair`` or ``squared``.
        epochs: full-batch steps of Adam at 1e-3.
        seed: of the initial weights.

    Raises:
        ValueError: for another loss.
    """

    def __init__(self, *, loss: str = "pair", epochs: int = 200, seed: int = 0):
        if loss not in LOSSES:
            raise ValueError(f"Expected a loss among {', '.join(LOSSES)}. Received: {loss!r}")
        self.loss, self.epochs, self.seed = loss, epochs, seed

    def fit(self, features: np.ndarray, quality: np.ndarray) -> Predictor:
        """Train from scratch on (n, nodes, nodes, c) and (n,), higher is better; returns itself."""
        self.mean, self.deviation = features.mean(0), features.std(0) + 1e-6
        span = float(np.ptp(quality)) or 1.0
        labels = ((quality - quality.min()) / span).astype("float32")[:, None]
        keras.utils.set_random_seed(self.seed)
        self.stage = Ranking(build_predictor(features.shape[1:]), self.loss)
        batches = FullBatch(self._normal(features), labels, self.epochs)
        schedule = Schedule(self.epochs, epoch=self.epochs, seed=self.seed)
        adam = keras.optimizers.Adam(1e-3)
        fit_stage(self.stage, lambda done: batches, None, schedule, optimizer=adam)
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(n,): a number whose order is the predicted order of quality."""
        return self.stage.predict(self._normal(features), batch_size=1024, verbose=0)[:, 0]

    def _normal(self, features: np.ndarray) -> np.ndarray:
        return ((features - self.mean) / self.deviation).astype("float32")


def build_predictor(shape: tuple[int, int, int]) -> keras.Model:
    """(nodes, nodes, c) -> (1,): two 3x3 convolutions, three dense layers, as published."""
    x = inputs = keras.Input(shape)
    for filters in (38, 128):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        # 0.9: with Keras' own 0.99 the averages do not settle in 200 steps.
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1)(x), name="predictor")


class Screen:
    """Which of many proposed children are scored: those that are predicted best.

    With costs among the objectives, those on the first fronts of (predicted quality, parameters).
    Until enough candidates are scored the first children are taken as they come.

    Args:
        space: a ``BlockSpace``.
        costs: whether there are other objectives than quality.
        epochs, seed: see `Predictor`.
    """

    def __init__(self, space, *, costs: bool = False, epochs: int = 200, seed: int = 0):
        self.space, self.costs = space, costs
        self.predictor = Predictor(epochs=epochs, seed=seed)

    def __call__(self, children: Sequence, count: int, candidates: Sequence) -> list[int]:
        known = [c for c in candidates if np.isfinite(c.objectives).all()]
        if len(known) < FEWEST_LABELS:
            return list(range(min(count, len(children))))
        quality = np.array([-candidate.objectives[0] for candidate in known])
        self.predictor.fit(self.tensors([c.genotype for c in known]), quality)
        predicted = self.predictor.predict(
            self.tensors([self.space.genotype(child.genome) for child in children])
        )
        objectives = -predicted[:, None].astype(float)
        if not self.costs:
            return best(objectives, count).tolist()
        parameters = [self.space.cost(child.genome)[0] for child in children]
        return non_dominated(np.column_stack([objectives, parameters]), count).tolist()

    def tensors(self, genotypes: Sequence) -> np.ndarray:
        """Features of some networks of the space."""
        return encode(genotypes, positions=self.space.positions, scale=self.space.scale)

"""Positive-unlabeled selection: find in a mixed lot what is of one kind, from examples of it alone.

Xu et al., "Positive-Unlabeled Compression on the Cloud", NeurIPS 2019, for patches of pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import numpy as np
from keras import ops

from sr_app.networks.selector import build_selector
from sr_app.training.fitting import fit_stage
from sr_app.training.learning_rates import WarmupCosine
from sr_app.training.prior import check_prior
from sr_app.training.pu_risk import nonnegative_risk
from sr_app.training.ridge import RowSource, chunks, statistics
from sr_app.training.schedule import Schedule

STEPS = 400
"""Of a selector's training; it has converged long before."""


class SelectionTraining(keras.Model):
    """Train a selector on rows of both sides; the risk is its loss.

    Args:
        selector: ``(n, channels)`` -> ``(n, 1)``, a logit.
        risk: ``(positive logits, unlabeled logits) -> scalar``.
        positives: rows at the beginning of each batch that are positive; the others are unlabeled.
    """

    def __init__(self, selector: keras.Model, risk: Callable, *, positives: int):
        super().__init__(name="selection")
        self.selector, self.risk, self.positives = selector, risk, positives
        self.built = True  # the selector comes built, and the stage adds no weights

    def call(self, rows, training=False):
        return self.selector(rows, training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        logits = ops.cast(y_pred, "float32")
        return self.risk(logits[: self.positives], logits[self.positives :])


class StratifiedRows(keras.utils.PyDataset):
    """Batches with a fixed number of rows of either side, so that neither is ever missing.

    (One shuffled pile of a few hundred positives and a hundred thousand others has next to no
    positive in a batch.) Batch ``i`` depends on ``(seed, first_step + i)`` alone.

    Args:
        positive, unlabeled: features (n, channels), arrays or memory maps.
        sizes: rows of either in a batch.
        steps: batches in the whole training.
        seed: of the whole training.
        first_step: batches already consumed by earlier runs.
    """

    def __init__(
        self,
        positive: RowSource,
        unlabeled: RowSource,
        *,
        sizes: tuple[int, int],
        steps: int,
        seed: int = 0,
        first_step: int = 0,
    ):
        super().__init__()
        self.sides, self.sizes = (positive, unlabeled), sizes
        self.steps, self.seed, self.first_step = steps, seed, first_step

    def __len__(self) -> int:
        return max(0, self.steps - self.first_step)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.seed, self.first_step + index))
        rows = [
            np.asarray(side[np.sort(rng.integers(len(side), size=size))], "float32")
            for side, size in zip(self.sides, self.sizes, strict=True)
        ]
        batch = np.concatenate(rows)
        return batch, np.zeros(len(batch), "float32")  # the labels are in the order


def train_selector(
    positive: RowSource,
    unlabeled: RowSource,
    folder: Path,
    *,
    prior: float | None = None,
    risk: Callable | None = None,
    sizes: tuple[int, int] = (64, 256),
    steps: int = STEPS,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.05,
    seed: int = 0,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> keras.Model:
    """A selector of what is like the positives; resumable in ``folder``.

    Args:
        positive, unlabeled: pooled features (n, channels), arrays or memory maps.
        prior: share of positives among the unlabeled, for the non-negative risk.
        risk: another one, ``(positive logits, unlabeled logits) -> scalar``.
        sizes: positive and unlabeled rows in a batch.

    Raises:
        ValueError: unless exactly one of prior and risk is given, or for a prior outside (0, 1).
    """
    if prior is not None and risk is None:
        check_prior(prior)
        risk = partial(nonnegative_risk, prior=prior)
    elif risk is None or prior is not None:
        raise ValueError("Expected a prior or a risk, one of them. Received: both or neither")
    schedule = Schedule(
        steps,
        epoch=steps // 4 if steps % 4 == 0 else steps,
        learning_rate=learning_rate,
        warmup=steps // 20,
        seed=seed,
    )
    keras.utils.set_random_seed(seed)
    selector = build_selector(*statistics((positive, unlabeled)))
    fit_stage(
        SelectionTraining(selector, risk, positives=sizes[0]),
        lambda done: StratifiedRows(
            positive, unlabeled, sizes=sizes, steps=steps, seed=seed, first_step=done
        ),
        folder,
        schedule,
        optimizer=keras.optimizers.AdamW(
            WarmupCosine(learning_rate, steps, warmup=schedule.warmup),
            weight_decay=weight_decay,
            use_ema=True,
            ema_momentum=0.98,
        ),
        callbacks=callbacks,
    )
    return selector


def score_rows(selector: keras.Model, features: np.ndarray) -> np.ndarray:
    """Logits (n,) of features (n, channels), a chunk in memory at a time."""
    scores = [
        np.asarray(ops.convert_to_numpy(selector(np.asarray(rows, "float32"))))
        for rows in chunks(features)
    ]
    return np.concatenate(scores)[:, 0] if scores else np.zeros(0, "float32")

"""The whole selection, from patches to a score for each: restartable, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.grid import PatchGrid
from sr_app.files.json_table import read_table, write_table
from sr_app.networks.selector import pooled_features
from sr_app.training.memmap_cache import fill_rows
from sr_app.training.prior import estimate_prior
from sr_app.training.selection import score_rows, train_selector
from sr_app.training.self_training import self_train

FEATURES, PRIOR = "features.npy", "prior.json"
RULES = ("self-training", "non-negative")
ESTIMATED_ON = 20_000
"""Patches of either side, at most, that the prior is estimated on, all in memory."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Shortlist:
    """Every patch with its score.

    Args:
        grid: the patches, n of them.
        positive: (n,) bool: of a picture that was given as an example.
        scores: (n,); above 0 a patch is more likely of the kind than not.
        features: (n, channels), the teacher's, pooled; a memory map.
        prior: share of the kind among the others, as given or estimated.
        key: names pictures, teacher and grid.
    """

    grid: PatchGrid
    positive: np.ndarray
    scores: np.ndarray
    features: np.ndarray
    prior: float
    key: str = ""

    @property
    def chosen(self) -> np.ndarray:
        """Rows of the others that were chosen, best first."""
        return self.ranked(~self.positive & (self.scores > 0))

    @property
    def examples(self) -> np.ndarray:
        """Rows of the examples, best first."""
        return self.ranked(self.positive)

    @property
    def refused(self) -> np.ndarray:
        """Rows of the others that were refused, the nearest miss first."""
        return self.ranked(~self.positive & (self.scores <= 0))

    def ranked(self, mask: np.ndarray) -> np.ndarray:
        """Rows that a mask (n,) holds, the highest score first."""
        rows = np.flatnonzero(mask)
        return rows[np.argsort(-self.scores[rows], kind="stable")]

    def name(self, rows: np.ndarray) -> str:
        """A text that names these patches of these pictures, for what is made from them."""
        return f"{self.key} {hashlib.sha256(np.asarray(rows, np.int64).tobytes()).hexdigest()}"


def make_shortlist(
    grid: PatchGrid,
    positive: np.ndarray,
    teacher: keras.Model,
    folder: Path,
    *,
    key: str,
    prior: float | None = None,
    rule: str = RULES[0],
    seed: int = 0,
    progress: Progress | None = None,
    callbacks: tuple[keras.callbacks.Callback, ...] = (),
) -> Shortlist:
    """Pool the teacher's features of each patch, train a selector, score all.

    After a kill the same call goes on where it was. Features are computed once for a key, whatever
    the prior, the rule and the seed.

    Args:
        grid: patches of the examples and of the mixed lot.
        positive: (n,) bool: which are of the examples.
        teacher: a network of ``networks.esrn.build_esrn``.
        folder: for features, prior and the selector.
        key: names pictures and teacher; features of another key are computed anew.
        prior: share of the kind among the others, or None to estimate it.
        rule: how the selector learns, one of RULES: ``training.self_training``, or a network by
            the non-negative risk of ``training.selection``.
        progress: called with (patches done, patches in all).
        callbacks: of the network's training.

    Raises:
        ValueError: if all patches are of one side, for a prior outside (0, 1) or another rule.
    """
    if rule not in RULES:
        raise ValueError(f"Expected a rule of {', '.join(RULES)}. Received: {rule}")
    if positive.all() or not positive.any():
        raise ValueError(
            f"Expected patches of examples and of others. Received: {int(positive.sum())} and "
            f"{int((~positive).sum())}"
        )
    key = hashlib.sha256(f"{key} {grid.side}".encode() + grid.places.tobytes()).hexdigest()[:16]
    features = patch_features(grid, teacher, folder / FEATURES, key=key, progress=progress)
    sides = Rows(features, np.flatnonzero(positive)), Rows(features, np.flatnonzero(~positive))
    if prior is None:
        prior = known_prior(folder / PRIOR, key, sides, grid.places[:, 0], seed)
    if rule == RULES[0]:
        scores = self_train(*sides, prior=prior).scores(features)
    else:
        run = folder / f"selector_{key}_{prior:.4f}_{seed}"
        selector = train_selector(*sides, run, prior=prior, seed=seed, callbacks=callbacks)
        scores = score_rows(selector, features)
    return Shortlist(grid, positive, scores.astype("float32"), features, prior, key)


@dataclass(frozen=True)
class Rows:
    """Some rows of a memory map, read when they are indexed.

    Args:
        features: (n, channels).
        rows: (m,) which.
    """

    features: np.ndarray
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index) -> np.ndarray:
        return np.asarray(self.features[self.rows[index]])


def patch_features(
    grid: PatchGrid,
    teacher: keras.Model,
    path: Path,
    *,
    key: str,
    batch: int = 32,
    progress: Progress | None = None,
) -> np.ndarray:
    """(n, channels) float32: the teacher's pooled features of each patch, a memory map."""
    network = pooled_features(teacher)

    def compute(rows: np.ndarray) -> np.ndarray:
        # Always a full batch: another size would be compiled anew.
        padded = np.resize(rows, batch)
        return network.predict_on_batch(grid.batch(padded))[: len(rows)]

    width = network.output_shape[-1]
    return fill_rows(
        path, compute, count=len(grid), shape=(width,), key=key, batch=batch, progress=progress
    )


def known_prior(
    path: Path, key: str, sides: tuple[Rows, Rows], pictures: np.ndarray, seed: int
) -> float:
    """The estimate kept in a file, or a new one, kept."""
    try:
        found = read_table(path)
    except (OSError, ValueError):
        found = {}
    if found.get("key") == f"{key} {seed}":
        return found["prior"]
    rng = np.random.default_rng(seed)
    kept = [np.sort(rng.permutation(len(side))[:ESTIMATED_ON]) for side in sides]
    samples = [side[rows] for side, rows in zip(sides, kept, strict=True)]
    first, second = (pictures[side.rows[rows]] for side, rows in zip(sides, kept, strict=True))
    # 0 and 1 leave nothing to train on: one patch of either kind is always there.
    edge = 1 / (1 + len(sides[1]))
    prior = float(
        np.clip(estimate_prior(*samples, groups=(first, second), seed=seed), edge, 1 - edge)
    )
    write_table(path, {"key": f"{key} {seed}", "prior": prior})
    return prior

"""Finished pieces as arrays, and their paired differences in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.studies.claims.verdicts import of_pairs
from benchmarks.studies.kept_lines import agreeing


def of_piece(lines: Sequence[dict], piece: str, key: str, **wanted) -> np.ndarray:
    """(seeds, ...) of one value of the lines that hold everything wanted, ordered by seed."""
    found = agreeing(lines, {"piece": piece, **wanted})
    return np.array([line[key] for line in sorted(found, key=lambda line: line["seed"])])


def means(gains: np.ndarray) -> np.ndarray:
    """(seeds,): of (seeds, generations) the mean behind the first, in which all are equal."""
    return gains[:, 1:].mean(1) if gains.ndim == 2 else gains


def gain(gains: np.ndarray) -> str:
    """Mean, standard error and verdict of differences seed by seed."""
    each = means(gains)
    error = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
    return f"{each.mean():+.4f} ± {error:.4f} ({of_pairs(each.tolist())})"

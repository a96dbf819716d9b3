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


def gain(gains: np.ndarray, least: float = 0.0) -> str:
    """Mean, standard error and verdict of differences seed by seed.

    least: a mean difference of less is none, however often the same look-ups repeat it.
    """
    each = means(gains)
    error = each.std(ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.nan
    verdict = of_pairs(each.tolist())
    if abs(each.mean()) < least:
        verdict = "less than the table's noise"
    return f"{each.mean():+.4f} ± {error:.4f} ({verdict})"


def noise_in(lines: Sequence[dict]) -> float:
    """Noise (dB) of a PSNR of the table; 0 where it has not been measured."""
    return next((line["uncertainty"] or 0.0 for line in agreeing(lines, {"piece": "noise"})), 0.0)

"""Clusters of patches that look alike to a network, in place of the classes of a classifier."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.cluster.vq import kmeans2, vq

from sr_app.training.ridge import statistics


def cluster_rows(
    features: np.ndarray, *, count: int = 8, most: int = 10_000, seed: int = 0, chunk: int = 8192
) -> np.ndarray:
    """k-means of standardised features.

    Args:
        features: (n, channels), an array or a memory map.
        count: clusters at most; those that stay empty are left out.
        most: centres are found on a random selection of so many rows.

    Returns:
        (n,) int32, 0 to the number of clusters - 1, each present.
    """
    rng = np.random.default_rng(seed)
    kept = np.sort(rng.permutation(len(features))[:most])
    mean, deviation = statistics((features,))
    sample = (features[kept] - mean) / deviation
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of empty clusters
        centres, _ = kmeans2(sample, min(count, len(sample)), minit="++", rng=rng)
    labels = [
        vq((features[start : start + chunk] - mean) / deviation, centres)[0]
        for start in range(0, len(features), chunk)
    ]
    return np.unique(np.concatenate(labels), return_inverse=True)[1].astype("int32")


def inverse_mass(labels: np.ndarray, *, floor: float = 0.25) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the clusters, and what each shall count.

    Xu et al. weigh class k by ``w_k ~ 1 / m_k``, m the mass of the teacher's predictions. Here m_k
    is a cluster's share of the patches, and what it counts, ``m_k w_k``, would be the same for
    all. A cluster of a few patches would then be seen again and again: below ``floor`` times an
    equal share the weight grows no more.

    Returns:
        (shares, targets), (k,) each, both of sum 1.
    """
    shares = np.bincount(labels) / len(labels)
    targets = shares / np.maximum(shares, floor / len(shares))
    return shares.astype("float32"), (targets / targets.sum()).astype("float32")

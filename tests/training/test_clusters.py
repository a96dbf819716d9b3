import numpy as np
import pytest

from sr_app.training.clusters import cluster_rows, inverse_mass


def test_clusters_are_the_heaps_of_the_data():
    rng = np.random.default_rng(0)
    heap = rng.permutation(np.repeat([0, 1, 2], [500, 80, 20]))
    features = np.array([[0, 0], [60, 3], [5, 90]])[heap] + rng.normal(0, 1, (600, 2))
    labels = cluster_rows(features, count=3, most=300, chunk=100)
    pairs = set(zip(heap.tolist(), labels.tolist(), strict=True))
    assert len(pairs) == 3 and labels.dtype == np.int32
    assert set(labels.tolist()) == {0, 1, 2}


def test_empty_clusters_are_left_out():
    features = np.repeat([[0.0, 1.0], [5.0, 2.0]], 10, axis=0)
    assert len(set(cluster_rows(features, count=8).tolist())) == 2


def test_inverse_masses_make_clusters_count_alike():
    labels = np.repeat([0, 1, 2, 3], [40, 30, 20, 10])
    shares, targets = inverse_mass(labels)
    np.testing.assert_allclose(shares, [0.4, 0.3, 0.2, 0.1], rtol=1e-6)
    np.testing.assert_allclose(targets, [0.25] * 4, rtol=1e-6)


def test_a_few_odd_patches_do_not_count_as_much_as_thousands():
    """The small cluster has 4/1000; at a floor of 1/8 its weight is 8 times, not 125 times."""
    shares, targets = inverse_mass(np.repeat([0, 1], [996, 4]), floor=0.25)
    assert targets[1] / shares[1] / (targets[0] / shares[0]) == pytest.approx(8 * 0.996, rel=1e-4)

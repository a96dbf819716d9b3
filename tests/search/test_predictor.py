from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from keras import ops

from sr_app.search.predictor import LOSSES, Predictor, Screen, pair_loss
from sr_app.search.space import BlockSpace
from sr_app.search.strategy import Child


def test_the_pair_loss_by_its_definition() -> None:
    rng = np.random.default_rng(0)
    labels, outputs = rng.random((5, 1)), rng.random((5, 1))
    terms = [
        np.log1p(np.exp(-(outputs[i] - outputs[j]) * np.sign(labels[i] - labels[j])))
        for i in range(5)
        for j in range(5)
        if i != j
    ]
    tensors = [ops.convert_to_tensor(x, "float32") for x in (labels, outputs)]
    assert float(pair_loss(*tensors)) == pytest.approx(np.mean(terms), rel=1e-5)


def test_pairs_of_equal_labels_say_nothing() -> None:
    labels = ops.convert_to_tensor([[0.0], [0.0], [1.0]])
    outputs = ops.convert_to_tensor([[5.0], [-5.0], [0.0]])
    # (0, 2): out of order by 5; (1, 2): in order by 5; (0, 1) says nothing.
    expected = (np.log1p(np.exp(5)) + np.log1p(np.exp(-5))) / 2
    assert float(pair_loss(labels, outputs)) == pytest.approx(expected, rel=1e-5)
    assert float(pair_loss(labels[:2], outputs[:2])) == 0


@pytest.mark.parametrize("loss", list(LOSSES))
def test_it_learns_an_order_and_the_same_one_again(loss: str) -> None:
    from scipy.stats import kendalltau

    rng = np.random.default_rng(1)
    features = rng.random((60, 4, 4, 2)).astype("float32")
    quality = features[:, 1, 2, 0] + features[:, 2, 3, 1] + 30
    predictors = [Predictor(loss=loss, epochs=40, seed=3) for _ in range(2)]
    first, again = (p.fit(features[:40], quality[:40]).predict(features) for p in predictors)
    assert kendalltau(first[40:], quality[40:]).statistic > 0.4
    assert np.array_equal(first, again)


def test_an_unknown_loss_is_named() -> None:
    with pytest.raises(ValueError, match="among pair, squared. Received: 'hinge'"):
        Predictor(loss="hinge")


def test_the_screen_takes_what_comes_until_it_has_labels() -> None:
    space = BlockSpace(positions=3, min_active=1)
    assert Screen(space)([None] * 9, 4, []) == [0, 1, 2, 3]


@pytest.mark.parametrize("costs", [False, True])
def test_the_screen_prefers_what_is_predicted_best(costs: bool) -> None:
    """Quality here is the number of blocks, which the tensor shows."""
    space, rng = BlockSpace(positions=6, min_active=1, kinds=("S",)), np.random.default_rng(2)
    genomes = [space.sample(rng) for _ in range(70)]
    known = [
        SimpleNamespace(genotype=space.genotype(g), objectives=(-float(sum(g.active)), 0.0))
        for g in genomes[:40]
    ]
    children = [Child(genome, "sample") for genome in genomes[40:]]
    chosen = Screen(space, costs=costs, epochs=40)(children, 6, known)
    assert len(set(chosen)) == 6
    blocks = np.array([sum(child.genome.active) for child in children])
    if costs:
        smallest = min(range(30), key=lambda i: space.cost(children[i].genome)[0])
        assert smallest in chosen  # the cheap end of the front stays
    else:
        assert blocks[chosen].mean() > blocks.mean() + 1

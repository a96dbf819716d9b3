import numpy as np
import pytest

from sr_app.training import shortlist
from sr_app.training.shortlist import Shortlist, make_shortlist, patch_features
from tests.training.textures import mixed_grid, network

SMOOTH, STRIPED, KNOWN = 8, 6, 4  # the first smooth pictures are the examples


@pytest.fixture(scope="module")
def grid():
    return mixed_grid(SMOOTH, STRIPED)


@pytest.fixture(scope="module")
def made(grid, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shortlist")
    positive = grid.places[:, 0] < KNOWN
    return folder, make_shortlist(grid, positive, network(width=24), folder, key="a")


def test_what_is_alike_is_chosen(made, grid):
    _, found = made
    smooth = grid.places[:, 0] < SMOOTH
    assert smooth[found.chosen].all()  # by an untrained teacher
    assert smooth[found.refused].sum() <= 9  # of 36: as many are chosen as the estimate says
    assert len(found.chosen) + len(found.refused) == 9 * (SMOOTH - KNOWN + STRIPED)
    scores = found.scores[np.concatenate([found.chosen, found.refused])]
    assert (np.diff(scores) <= 0).all()
    assert found.prior == pytest.approx(0.4, abs=0.1)  # 4 of 10


def test_the_networks_rule_finds_them_too(made, grid):
    folder, found = made
    network_of = make_shortlist(
        grid, found.positive, network(width=24), folder, key="a", rule="non-negative"
    )
    smooth = grid.places[:, 0] < SMOOTH
    assert smooth[network_of.chosen].mean() > 0.9
    assert not np.array_equal(network_of.scores, found.scores)
    with pytest.raises(ValueError, match="self-training, non-negative. Received: naive"):
        make_shortlist(grid, found.positive, None, folder, key="a", rule="naive")


def test_again_nothing_is_looked_at_twice(made, grid, monkeypatch):
    folder, found = made

    def never(*arguments, **options):
        raise AssertionError("computed again")

    monkeypatch.setattr(shortlist, "estimate_prior", never)
    teacher = network(width=24)
    monkeypatch.setattr(type(teacher), "predict_on_batch", never)
    again = make_shortlist(grid, found.positive, teacher, folder, key="a")
    np.testing.assert_array_equal(again.scores, found.scores)
    assert again.prior == found.prior


def test_features_do_not_depend_on_the_batch(grid, tmp_path):
    few = grid.subset(np.arange(7))
    one, other = (
        patch_features(few, network(), tmp_path / f"{batch}.npy", key="a", batch=batch)
        for batch in (7, 3)
    )
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_both_sides_are_needed(grid, tmp_path):
    for positive in (np.ones(len(grid), bool), np.zeros(len(grid), bool)):
        with pytest.raises(ValueError, match="patches of examples and of others"):
            make_shortlist(grid, positive, network(), tmp_path, key="a")


def test_examples_are_neither_chosen_nor_refused(grid):
    scores = np.linspace(1, -1, len(grid)).astype("float32")
    positive = np.arange(len(grid)) % 3 == 0
    found = Shortlist(grid, positive, scores, scores[:, None], 0.5)
    assert not positive[found.chosen].any() and not positive[found.refused].any()

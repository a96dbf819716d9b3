import keras
import numpy as np
import pytest

from sr_app.datasets.patches import TeacherCrops
from sr_app.training.cached_distillation import cached_crops, teacher_outputs, train_on_cached
from sr_app.training.schedule import Batches, Schedule
from tests.training.textures import mixed_grid, network


@pytest.fixture(scope="module")
def grid():
    return mixed_grid(2, 1)


@pytest.fixture(scope="module")
def pictures(grid, tmp_path_factory):
    path = tmp_path_factory.mktemp("taught") / "pictures.npy"
    return teacher_outputs(grid, network(1), path, key="a", batch=4)


def test_the_teacher_saw_the_surroundings(grid, pictures):
    """Its picture of a patch is that part of its picture of the whole, to the rounding."""
    lr = grid.store.pair(1)[0]
    whole = np.array(network(1)(lr[None].astype("float32") / 255))[0].clip(0, 1) * 255
    row = 9 + 4  # the patch in the middle of the second picture
    _, top, left = grid.places[row]
    expected = whole[2 * top : 2 * top + 32, 2 * left : 2 * left + 32]
    assert np.abs(pictures[row] - expected).max() <= 0.51


def test_crops_of_both_sides_agree(grid):
    """With the LR patches repeated as the teacher's pictures every pair shows the same."""
    repeated = grid.lr(np.arange(len(grid))).repeat(2, 1).repeat(2, 2)
    clusters = np.arange(len(grid))
    (lr, cluster), sr = TeacherCrops(grid, repeated, clusters, patch=8, batch=64, steps=1)[0]
    np.testing.assert_array_equal(sr, lr.repeat(2, 1).repeat(2, 2))
    assert cluster.dtype == np.int32 and len(set(cluster.tolist())) > 10
    with pytest.raises(ValueError, match="within patches of 16 pixels. Received: patch=17"):
        TeacherCrops(grid, repeated, clusters, patch=17, batch=1, steps=1)


class Killed(Exception):
    pass


class KillAt(keras.callbacks.Callback):
    """Die in the middle of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 1 and batch == 1:
            raise Killed


def test_a_killed_training_ends_where_the_whole_one_does(grid, pictures, tmp_path):
    """The clusters' mean losses are part of what is kept."""
    clusters = np.arange(len(grid)) % 3
    schedule = Schedule(9, epoch=3, warmup=1, learning_rate=3e-3)
    crops = cached_crops(grid, pictures, clusters, schedule, Batches(batch=4, patch=8))

    def train(folder, callbacks=()):
        student = network(2, width=4)
        train_on_cached(student, crops, clusters, folder, schedule, radius=0.5, callbacks=callbacks)
        return student.get_weights()

    whole = train(tmp_path / "whole")
    with pytest.raises(Killed):
        train(tmp_path / "cut", (KillAt(),))
    for one, other in zip(whole, train(tmp_path / "cut"), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)

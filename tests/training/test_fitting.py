import keras
import numpy as np
import pytest
from keras import ops

from sr_app.training.curve import read_curve
from sr_app.training.fitting import fit_stage
from sr_app.training.schedule import Schedule


class Constant(keras.Model):
    """One number that learns the mean of its targets."""

    def __init__(self):
        super().__init__()
        self.number = self.add_weight(shape=(), initializer="zeros", name="number")
        self.mean = keras.metrics.Mean(name="height")
        self.built = True

    def call(self, x):
        return ops.zeros_like(x) + self.number

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        self.mean.update_state(self.number + 0)
        return ops.mean(ops.square(y_pred - y))


class Targets(keras.utils.PyDataset):
    """Batch i: the number i."""

    def __init__(self, first):
        super().__init__()
        self.first = first

    def __len__(self):
        return 6 - self.first

    def __getitem__(self, index):
        return np.zeros((1, 1), "f4"), np.full((1, 1), self.first + index, "f4")


def fit(folder, steps=6, epoch=2, **options):
    stage = Constant()
    optimizer = keras.optimizers.SGD(0.5, use_ema=options.pop("average", False), ema_momentum=0.5)
    schedule = Schedule(steps, epoch=epoch, first_step=options.pop("first_step", 0))
    stage.number.assign(options.pop("number", 0.0))
    fit_stage(stage, Targets, folder, schedule, optimizer=optimizer, **options)
    return float(stage.number)


def test_gradient_descent_with_half_the_step_takes_each_target(tmp_path):
    """d/dn (n - i)^2 = 2 (n - i): a rate of 0.5 lands on the target, the last one is 5."""
    columns = ("step", "seconds", "loss", "height")
    assert fit(tmp_path, columns=columns) == pytest.approx(5)
    rows = read_curve(tmp_path)
    assert [row["step"] for row in rows] == [2, 4, 6] and "height" in rows[0]


def test_without_a_folder_it_learns_the_same_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert fit(None) == fit(tmp_path / "kept")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_rest_of_a_run_gets_the_rest_of_the_batches_and_a_finished_one_none(tmp_path):
    asked = []

    def batches(done):
        asked.append(done)
        return Targets(done)

    for steps in (4, 6, 6):
        optimizer = keras.optimizers.SGD(0.5)
        fit_stage(Constant(), batches, tmp_path, Schedule(steps, epoch=2), optimizer=optimizer)
    assert asked == [0, 4]


def test_at_the_end_the_network_holds_its_average(tmp_path):
    """Values 0, 1, ... 5 with momentum 0.5 from 0: 4.03125, also when it is only loaded."""
    expected = sum(value * 0.5 ** (6 - value) for value in range(6))
    assert fit(tmp_path, average=True) == pytest.approx(expected)
    assert fit(tmp_path, average=True) == pytest.approx(expected)


def test_steps_fill_epochs(tmp_path):
    with pytest.raises(ValueError, match="multiple of epoch=4. Received: steps=6"):
        fit(tmp_path, epoch=4)


def test_a_training_goes_on_at_a_later_step_with_the_batches_that_were_left(tmp_path):
    """The average begins as the weight, 1 after two steps: (((1 + 2)/2 + 3)/2 + 4)/2 + 5)/2."""
    asked = []

    class Rest(Targets):
        def __init__(self, first):
            super().__init__(first)
            asked.append(first)

    stage, schedule = Constant(), Schedule(6, epoch=2, first_step=2)
    stage.number.assign(1.0)
    optimizer = keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.5)
    fit_stage(stage, Rest, tmp_path, schedule, optimizer=optimizer)
    assert asked == [2] and int(optimizer.iterations) == 6
    assert [row["step"] for row in read_curve(tmp_path)] == [4, 6]
    average = 1.0
    for target in (2, 3, 4, 5):
        average = (average + target) / 2
    assert float(stage.number) == pytest.approx(average)
    assert fit(tmp_path, first_step=2, average=True) == pytest.approx(average)  # only loaded


def test_the_first_step_is_the_end_of_an_epoch(tmp_path):
    with pytest.raises(ValueError, match="multiple of epoch=2. Received: steps=6, first_step=3"):
        fit(tmp_path, first_step=3)

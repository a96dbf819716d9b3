import keras
import numpy as np
import pytest
from keras import ops

from sr_app.training.curve import read_curve
from sr_app.training.schedule import Schedule
from sr_app.training.translation import FACTORS, UnpairedTranslation, critic_loss, distance
from sr_app.training.two_stage import train_translation
from tests.one_step import ONE_STEP
from tests.training.scenes import crops, degraded, largest_difference, tiny


def test_the_loss_is_the_published_sum_at_the_identity():
    """G = F = 1: no cycle, no identity term; the rest by NumPy from the critics' verdicts."""
    stage = tiny()
    (synthetic, real), (_, draws) = crops().unpaired(1)(0)[0]
    loss = ops.convert_to_numpy(stage.translation_loss((synthetic, real), synthetic, draws))
    on_real, on_synthetic = (
        [ops.convert_to_numpy(critic(p)) for p in (synthetic, real)]
        for critic in (stage.real_critic, stage.synthetic_critic)
    )
    adversarial = np.square(on_real[0] - 1).mean() + np.square(on_synthetic[1] - 1).mean()
    critics = np.square(on_real[1] - 1).mean() + np.square(on_real[0]).mean()
    critics += np.square(on_synthetic[0] - 1).mean() + np.square(on_synthetic[1]).mean()
    assert float(loss) == pytest.approx(float(adversarial + critics / 2), rel=1e-5)


def test_factors_are_those_of_the_terms():
    """G adds 0.1 everywhere: each way round costs 0.1 twice, each identity 0.1."""
    stage = tiny()
    stage.to_real.get_layer("tail").bias.assign([0.1] * 3)
    (synthetic, real), (_, draws) = crops().unpaired(1)(0)[0]
    loss = float(stage.translation_loss((synthetic, real), synthetic + 0.1, draws))
    values = {mean.name: float(mean.result()) for mean in stage.means}
    assert values["cycle"] == pytest.approx(0.2, abs=1e-5)
    assert values["identity"] == pytest.approx(0.1, abs=1e-5)
    expected = values["adversarial"] + values["critics"] + 10 * 0.2 + 5 * 0.1
    assert loss == pytest.approx(expected, abs=1e-4)


def test_critics_alone_judge_chance():
    """G adds grain and nothing else: no cycle and no identity may ask for less of it."""
    stage = tiny(noise=3)
    stage.to_real.get_layer("amount").bias.assign([0.1] * 3)
    (synthetic, real), (_, draws) = crops().unpaired(1)(0)[0]
    made = stage.to_real(synthetic)
    assert float(ops.std(made - synthetic)) == pytest.approx(0.1, rel=0.1)
    stage.translation_loss((synthetic, real), made, draws)
    values = {mean.name: float(mean.result()) for mean in stage.means}
    assert values["cycle"] == values["identity"] == 0.0


def test_least_squares():
    verdicts = np.array([[[[0.25]]], [[[1.0]]]], "float32")
    assert float(distance(verdicts, 1.0)) == pytest.approx(0.5625 / 2)
    assert float(critic_loss(lambda x: x, verdicts, verdicts)) == pytest.approx(
        0.5 * (0.5625 / 2 + 1.0625 / 2)
    )


def weights_after_a_step(**factors):
    """Of both critics, and of both translators, after one step of gradient descent."""
    stage = tiny()
    chosen = dict(zip(stage.TERMS, FACTORS, strict=True)) | factors
    stage.factors = tuple(chosen.values())
    stage.compile(optimizer=keras.optimizers.SGD(1e-3), **ONE_STEP)
    stage.fit(crops().unpaired(1)(0), verbose=0)
    critics, translators = (
        [weight for model in models for weight in model.get_weights()]
        for models in (
            (stage.real_critic, stage.synthetic_critic),
            (stage.to_real, stage.to_synthetic),
        )
    )
    return critics, translators


def test_the_adversarial_term_reaches_translators_and_no_critic():
    """A hundred times the term: the same step of the critics, another one of the translators."""
    critics, translators = weights_after_a_step(adversarial=1)
    same, moved = weights_after_a_step(adversarial=100)
    assert largest_difference(critics, same) < 1e-7
    assert largest_difference(translators, moved) > 1e-6


def test_the_critics_loss_reaches_critics_and_no_translator():
    """Without their own terms identical translators have nothing to move for; critics do."""
    start = tiny()
    critics, translators = weights_after_a_step(adversarial=0, cycle=0, identity=0)
    assert (
        largest_difference(
            start.real_critic.get_weights(), critics[: len(start.real_critic.weights)]
        )
        > 1e-6
    )
    assert (
        largest_difference(
            [w for m in (start.to_real, start.to_synthetic) for w in m.get_weights()], translators
        )
        == 0
    )


def test_at_step_0_the_translator_is_the_identity():
    (synthetic, _), _ = crops().unpaired(1)(0)[0]
    out = ops.convert_to_numpy(tiny()((synthetic, synthetic)))
    np.testing.assert_array_equal(out, synthetic)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(stage, its data, its folder) after 300 steps."""
    stage, data = tiny(critic_width=8), crops()
    folder = tmp_path_factory.mktemp("translation")
    train_translation(stage, data, folder, Schedule(300, epoch=50, learning_rate=2e-3))
    return stage, data, folder


@pytest.mark.slow
def test_the_translator_catches_up_and_nothing_collapses_in_300_steps(trained):
    """First the critics win (0.5 is chance, for two of them); then what is made deceives them."""
    stage, data, folder = trained
    curve = read_curve(folder)
    assert [row["step"] for row in curve] == [50, 100, 150, 200, 250, 300]
    assert min(row["critics"] for row in curve) < 0.2
    assert curve[-1]["adversarial"] < 0.8 * max(row["adversarial"] for row in curve)
    assert 0.05 < curve[-1]["critics"] < 0.5 and 0.05 < curve[-1]["adversarial"] < 1.5
    assert curve[-1]["cycle"] < 0.15
    (synthetic, real), _ = data.unpaired(400)(399)[0]
    made = ops.convert_to_numpy(stage.to_real(synthetic))
    assert np.corrcoef(made.ravel(), synthetic.ravel())[0, 1] > 0.8  # content stays
    assert made.std(axis=(1, 2)).min() > 0.3 * real.std(axis=(1, 2)).mean()
    assert (folder / "to_real.weights.h5").is_file()


@pytest.mark.slow
def test_the_translator_learns_a_degradation_that_it_sees_without_pairs(trained):
    """Its synthetic LR with the true blur and light is known to the test alone."""
    stage, data, _ = trained
    synthetic, true = synthetic_and_true(data)
    made = ops.convert_to_numpy(stage.to_real(synthetic))
    assert distance_db(made, true) > distance_db(synthetic, true) + 6
    assert abs(made.mean() - true.mean()) < 0.5 * abs(synthetic.mean() - true.mean())
    # Neighbours differ as much as those of the true picture, not as those of the sharp one.
    rough, aim, sharp = (np.abs(np.diff(p, axis=1)).mean() for p in (made, true, synthetic))
    assert abs(rough - aim) < 0.5 * abs(sharp - aim)


def synthetic_and_true(data):
    """Whole LR pictures of the HR side, and what the real side would have made of them."""
    pictures = [data.store.pair(index)[0] for index in range(len(data.store))]
    sides = pictures, [degraded(picture) for picture in pictures]
    return [np.stack(side).astype("float32") / 255 for side in sides]


def distance_db(one, other):
    """PSNR away from the border, where a convolution sees zeros."""
    return -10 * np.log10(np.square(one - other)[:, 4:-4, 4:-4].mean())


def test_a_stage_names_its_parts():
    assert [mean.name for mean in tiny().means] == list(UnpairedTranslation.TERMS)

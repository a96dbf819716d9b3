import keras
import numpy as np
import pytest
from keras import ops

from sr_app.training.curve import read_curve
from sr_app.training.translation import (
    TranslationWeights,
    UnpairedTranslation,
    critic_loss,
    distance,
)
from sr_app.training.two_stage import Fitting, train_translation
from tests.training.scenes import crops, largest_difference, tiny


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


def test_least_squares():
    verdicts = np.array([[[[0.25]]], [[[1.0]]]], "float32")
    assert float(distance(verdicts, 1.0)) == pytest.approx(0.5625 / 2)
    assert float(critic_loss(lambda x: x, verdicts, verdicts)) == pytest.approx(
        0.5 * (0.5625 / 2 + 1.0625 / 2)
    )


def weights_after_a_step(**factors):
    """Of both critics, and of both translators, after one step of gradient descent."""
    stage = tiny()
    stage.factors = TranslationWeights(**factors)
    stage.compile(optimizer=keras.optimizers.SGD(1e-3))
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
    stage, data, folder = tiny(), crops(), tmp_path_factory.mktemp("translation")
    train_translation(stage, data, folder, Fitting(epoch=50), steps=300, learning_rate=1e-3)
    return stage, data, folder


@pytest.mark.slow
def test_losses_fall_and_nothing_collapses_in_300_steps(trained):
    stage, data, folder = trained
    curve = read_curve(folder)
    assert [row["step"] for row in curve] == [50, 100, 150, 200, 250, 300]
    assert curve[-1]["loss"] < curve[0]["loss"]
    assert 0.05 < curve[-1]["critics"] < 1 and 0.05 < curve[-1]["adversarial"] < 2
    assert curve[-1]["cycle"] < 0.1
    (synthetic, real), _ = data.unpaired(400)(399)[0]
    made = ops.convert_to_numpy(stage.to_real(synthetic))
    assert np.corrcoef(made.ravel(), synthetic.ravel())[0, 1] > 0.8  # content stays
    assert made.std(axis=(1, 2)).min() > 0.3 * real.std(axis=(1, 2)).mean()
    assert (folder / "to_real.weights.h5").is_file()


@pytest.mark.slow
@pytest.mark.xfail(
    strict=True,
    reason="measured: with critics of width 4 the translator is still the identity to 2e-6 after "
    "300 steps; the L1 terms (10, 5) hold it there against so weak an adversarial gradient",
)
def test_the_translator_moves_to_the_real_side_in_300_steps(trained):
    stage, data, _ = trained
    (synthetic, real), _ = data.unpaired(400)(399)[0]
    made = ops.convert_to_numpy(stage.to_real(synthetic))
    # The real side has 0.7 of the light.
    assert abs(made.mean() - real.mean()) < 0.5 * abs(synthetic.mean() - real.mean())


def test_a_stage_names_its_parts():
    assert [mean.name for mean in tiny().means] == list(UnpairedTranslation.TERMS)

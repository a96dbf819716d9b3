import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
from sr_app.training.losses import l1
from tests.one_step import ONE_STEP
from tests.training.scenes import crops, largest_difference, tiny

NOTHING = (0, 0, 0, 1)


def network():
    keras.utils.set_random_seed(7)
    return build_esrn(Genotype.parse("P_2_4_4", width=4, tail="anchor"), 2)


def joint_step(collaboration, sr_weight, noise=0):
    """Weights of (G, F, SR) after one step of gradient descent on stage 2's terms alone."""
    translation = tiny(noise=noise)
    translation.factors = NOTHING
    if noise:
        translation.to_real.get_layer("amount").bias.assign([0.1] * 3)
    stage = CollaborativeTraining(
        translation, network(), l1, collaboration=collaboration, sr_weight=sr_weight
    )
    stage.compile(optimizer=keras.optimizers.SGD(1e-2), **ONE_STEP)
    stage.fit(crops().unpaired(1)(0), verbose=0)
    models = (translation.to_real, translation.to_synthetic, stage.network)
    return [model.get_weights() for model in models]


def start():
    translation = tiny()
    models = (translation.to_real, translation.to_synthetic, network())
    return [model.get_weights() for model in models]


def moved(collaboration, sr_weight):
    after = joint_step(collaboration, sr_weight)
    return [largest_difference(a, b) > 0 for a, b in zip(start(), after, strict=True)]


def test_each_term_reaches_its_own_network_and_no_other():
    """(G, F, SR): the collaborative term moves G alone, the supervised one SR alone."""
    assert moved(collaboration=10, sr_weight=0) == [True, False, False]
    assert moved(collaboration=0, sr_weight=1) == [False, False, True]


def test_the_collaborative_term_does_not_ask_for_less_chance():
    """Grain cannot be decoded: a term that saw it would lower its amount of 0.1."""
    translation = tiny(noise=3)
    translation.to_real.set_weights(joint_step(collaboration=10, sr_weight=0, noise=3)[0])
    np.testing.assert_allclose(translation.to_real.get_layer("amount").bias, 0.1, rtol=1e-6)
    assert np.abs(translation.to_real.get_layer("tail").kernel).max() > 0  # but it is taught


def test_the_loss_is_the_translators_plus_the_two_terms():
    translation, sr = tiny(), network()
    stage = CollaborativeTraining(translation, sr, l1, collaboration=1000, sr_weight=2)
    (synthetic, real), (hr, draws) = crops().unpaired(1)(0)[0]
    made = synthetic, sr(synthetic)
    loss = float(stage.compute_loss((synthetic, real), (hr, draws), made))
    alone = float(tiny().translation_loss((synthetic, real), synthetic, draws))
    difference = ops.convert_to_numpy(sr(synthetic)) - hr
    expected = 1000 * np.square(difference).mean() + 2 * np.abs(difference).mean()
    assert loss == pytest.approx(alone + float(expected), rel=1e-5)


def test_all_terms_are_logged():
    stage = CollaborativeTraining(tiny(), network(), l1)
    stage.compile(optimizer=keras.optimizers.SGD(0.0), **ONE_STEP)
    logs = stage.fit(crops().unpaired(1)(0), verbose=0).history
    assert set(logs) == {
        "loss", "adversarial", "cycle", "identity", "critics", "collaboration", "sr",
    }  # fmt: skip
    parts = {name: values[0] for name, values in logs.items()}
    total = parts["adversarial"] + 10 * parts["cycle"] + 5 * parts["identity"] + parts["critics"]
    total += 1000 * parts["collaboration"] + parts["sr"]
    assert parts["loss"] == pytest.approx(total, rel=1e-4)


def test_indirect_training_moves_the_network_on_what_the_translator_makes():
    to_real = tiny().to_real
    to_real.get_layer("tail").bias.assign([0.25] * 3)
    before, sr = to_real.get_weights(), network()
    stage = IndirectTraining(sr, to_real, l1)
    (synthetic, _), (hr, _) = crops().unpaired(1)(0)[0]
    np.testing.assert_allclose(
        ops.convert_to_numpy(stage(synthetic)),
        ops.convert_to_numpy(sr(synthetic + np.float32(0.25))),
        atol=1e-5,
    )
    stage.compile(optimizer=keras.optimizers.SGD(1e-2), **ONE_STEP)
    first = sr.get_weights()
    stage.fit(synthetic, hr, verbose=0)
    assert largest_difference(before, to_real.get_weights()) == 0
    assert largest_difference(first, sr.get_weights()) > 0


def test_what_layers_ask_for_counts():
    """Full-stack masks ask for orthogonality while training."""
    (synthetic, real), (hr, draws) = crops().unpaired(1)(0)[0]
    full = build_esrn(Genotype.parse("P_2_8_8", width=8, conv="full_stack"), 2)
    stage = IndirectTraining(full, tiny().to_real, l1)
    sr = stage(synthetic, training=True)
    asked, pixels = float(sum(stage.losses)), float(l1(sr, hr))
    assert asked > 0
    assert float(stage.compute_loss(synthetic, hr, sr)) == pytest.approx(pixels + asked, rel=1e-5)
    stage = CollaborativeTraining(tiny(), full, l1, collaboration=0, sr_weight=2)
    made = stage((synthetic, real), training=True)
    loss = float(stage.compute_loss((synthetic, real), (hr, draws), made))
    alone = float(tiny().translation_loss((synthetic, real), made[0], draws))
    both = asked + float(l1(made[1], hr))
    assert loss == pytest.approx(alone + 2 * both, rel=1e-5)


def test_doubt_is_noise_that_the_network_sees_in_training_alone():
    picture = keras.Input((None, None, 3))
    seen = keras.Model(picture, keras.layers.Identity()(picture))
    stage = IndirectTraining(seen, tiny().to_real, l1, doubt=0.05)
    lr = np.full((2, 16, 16, 3), 0.5, np.float32)
    noise = ops.convert_to_numpy(stage(lr, training=True)) - lr
    assert noise.std() == pytest.approx(0.05, rel=0.1)  # 1536 numbers: 1.8 % standard error
    np.testing.assert_array_equal(stage(lr, training=False), lr)

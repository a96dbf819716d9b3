"""The student learns from the teacher's picture, the teacher from nothing."""

import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import Card, save_preset
from sr_app.training.distillation import PlainDistillation, load_teacher, with_features
from sr_app.training.losses import l1

RNG = np.random.default_rng(0)
LR = RNG.random((4, 8, 8, 3)).astype("float32")
HR = RNG.random((4, 16, 16, 3)).astype("float32")


def build(blocks="P_2_8_8", conv="conv", seed=0):
    keras.utils.set_random_seed(seed)
    return build_esrn(Genotype.parse(blocks, width=8, conv=conv, tail="anchor"), 2)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_the_loss_is_its_two_terms(share):
    network, teacher = build(), build(seed=1)
    stage = PlainDistillation(network, teacher, l1, share=share)
    sr, shown = np.array(stage(LR)), np.clip(np.array(teacher(LR)), 0, 1)
    expected = share * np.abs(sr - shown).mean() + (1 - share) * np.abs(sr - HR).mean()
    assert float(stage.compute_loss(LR, HR, stage(LR))) == pytest.approx(expected, rel=1e-5)


def test_a_teacher_outside_of_keras_gives_the_same_loss_by_what_the_batches_bring():
    network, teacher = build(), build(seed=1)
    inside = PlainDistillation(network, teacher, l1, share=0.75)
    outside = PlainDistillation(network, None, l1, share=0.75)
    both = np.concatenate([np.array(teacher(LR)), HR], axis=-1)
    expected = float(inside.compute_loss(LR, HR, inside(LR)))
    assert float(outside.compute_loss(LR, both, outside(LR))) == pytest.approx(expected, rel=1e-6)
    with pytest.raises(ValueError, match="teacher with features for an affinity. Received: none"):
        PlainDistillation(network, None, l1, affinity=1)


def test_features_are_asked_to_see_the_same_places_as_alike():
    """The affinity written out with NumPy; a student of other widths learns by it alone."""
    network, teacher = build(), build("P_2_8_8,P_2_8_8", seed=1)
    stage = PlainDistillation(network, teacher, lambda sr, hr: 0.0, affinity=2.0)

    def affinity(model):
        x = np.array(with_features(model)(LR)[1]).reshape(4, 4, 2, 4, 2, 8).mean((2, 4))
        x = x.reshape(4, 16, 8)
        x /= np.linalg.norm(x, axis=-1, keepdims=True)
        return x @ x.swapaxes(1, 2)

    expected = 2 * np.abs(affinity(network) - affinity(teacher)).mean()
    assert float(stage.compute_loss(LR, HR, stage(LR))) == pytest.approx(expected, rel=1e-4)
    stage.compile(keras.optimizers.Adam(3e-3))
    losses = stage.fit(LR, HR, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    with pytest.raises(ValueError, match="affinity of 0 or more. Received: -1"):
        PlainDistillation(network, teacher, l1, affinity=-1)


def test_the_student_approaches_the_teacher_which_stays():
    network, teacher = build(), build("P_2_8_8,P_2_8_8", seed=1)
    before = teacher.get_weights()
    stage = PlainDistillation(network, teacher, l1)
    stage.compile(keras.optimizers.Adam(3e-3))
    losses = stage.fit(LR, HR, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    for old, new in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_share_is_more_than_nothing_and_at_most_all():
    for share in (0.0, 1.5):
        with pytest.raises(ValueError, match=rf"\(0, 1\]. Received: share={share}"):
            PlainDistillation(build(), build(), l1, share=share)


def test_a_teacher_is_its_preset_folded(tmp_path):
    network = build(conv="rep")
    for weight in network.weights:  # every branch adds something
        weight.assign(weight + RNG.normal(size=weight.shape, scale=0.05))
    genotype = Genotype.parse("P_2_8_8", width=8, conv="rep", tail="anchor")
    card = Card(name="a_x2", title="A", description="B.", scale=2, network=genotype,
                folder=tmp_path / "a_x2")  # fmt: skip
    save_preset(network, card)
    teacher = load_teacher(str(tmp_path / "a_x2"), 2)
    assert {type(layer).__name__ for layer in teacher.layers}.isdisjoint({"RepConv2D"})
    np.testing.assert_allclose(teacher(LR), network(LR), atol=1e-5)
    with pytest.raises(ValueError, match="teacher for x4. Received: a_x2, x2"):
        load_teacher(str(tmp_path / "a_x2"), 4)

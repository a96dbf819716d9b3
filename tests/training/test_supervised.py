import keras
import numpy as np

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.losses import l1
from sr_app.training.supervised import SupervisedTraining


def test_fit_lowers_the_loss_and_moves_every_weight():
    keras.utils.set_random_seed(0)
    network = build_esrn(Genotype.parse("S_2_8_8,G_2_8_8,C_2_8_8,P_2_8_8", width=8), 2)
    before = network.get_weights()
    stage = SupervisedTraining(network, l1)
    stage.compile(optimizer=keras.optimizers.Adam(3e-3))
    hr = np.random.default_rng(0).random((4, 16, 16, 3)).astype("float32")
    lr = hr.reshape(4, 8, 2, 8, 2, 3).mean((2, 4))
    history = stage.fit(lr, hr, epochs=40, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.abs(old - new).max() > 0


def test_a_layers_own_loss_is_added():
    """Full-stack masks ask for orthogonality while training, and not afterwards."""
    network = build_esrn(Genotype.parse("P_2_8_8", width=8, conv="full_stack"), 2)
    stage = SupervisedTraining(network, l1)
    lr = np.random.default_rng(0).random((1, 4, 4, 3)).astype("float32")
    hr = np.zeros((1, 8, 8, 3), "float32")
    for _ in range(2):  # not more with every call
        sr = stage(lr, training=True)
        added = float(stage.compute_loss(lr, hr, sr) - l1(sr, hr))
        masks = [network.get_layer(f"block0_conv{index}") for index in range(2)]
        grams = [np.array(layer.correlations()) for layer in masks]
        expected = 0.01 * sum(np.mean((np.eye(4) - gram) ** 2) for gram in grams)
        np.testing.assert_allclose(added, expected, rtol=1e-2, atol=1e-6)
    sr = stage(lr)
    assert float(stage.compute_loss(lr, hr, sr)) == float(l1(sr, hr))

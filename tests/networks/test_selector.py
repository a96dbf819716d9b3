import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.selector import build_selector, pooled_features

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("blocks", ["P_2_8_8", "P_2_8_8,S_2_8_16,C_1_8_8"])
def test_pooled_features_say_how_much_each_depth_varies(blocks):
    keras.utils.set_random_seed(0)
    network = build_esrn(Genotype.parse(blocks, width=8), 2)
    lr = RNG.random((2, 8, 10, 3)).astype("float32")
    names = ["features1", *(f"block{index}_sum" for index in range(blocks.count("_") // 3))]
    depths = keras.Model(network.input, [network.get_layer(name).output for name in names])(lr)
    expected = np.concatenate([np.log(np.array(x).var((1, 2)) + 1e-6) / 2 for x in depths], axis=1)
    found = np.array(pooled_features(network)(lr))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert found.shape == (2, 8 + (8 if "," not in blocks else 8 + 16 + 8))


def test_the_selector_is_its_equation():
    keras.utils.set_random_seed(0)
    mean, deviation = RNG.normal(size=32), RNG.random(32) + 0.5
    selector = build_selector(mean.astype("float32"), deviation.astype("float32"))
    rows = RNG.normal(size=(5, 32)).astype("float32")
    layer = {name: [np.array(w) for w in selector.get_layer(name).weights]
             for name in ("squeeze", "excite", "logit")}  # fmt: skip
    assert layer["squeeze"][0].shape == (32, 2)
    x = (rows - mean) / deviation
    hidden = np.maximum(x @ layer["squeeze"][0] + layer["squeeze"][1], 0)
    attention = 1 / (1 + np.exp(-(hidden @ layer["excite"][0] + layer["excite"][1])))
    expected = (x * attention) @ layer["logit"][0] + layer["logit"][1]
    np.testing.assert_allclose(selector(rows), expected, atol=1e-4)

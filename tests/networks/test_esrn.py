import keras
import numpy as np
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype

ALL_KINDS = "S_2_8_12,G_4_8_8,C_2_8_16,P_2_8_8"


@pytest.mark.parametrize("tail", ["published", "anchor"])
@pytest.mark.parametrize("scale", [2, 3, 4, 8])
def test_any_size_is_enlarged(scale, tail):
    model = build_esrn(Genotype.parse(ALL_KINDS, width=8, tail=tail), scale)
    for height, width in [(1, 1), (1, 7), (5, 4), (6, 8)]:
        x = np.random.default_rng(0).random((2, height, width, 3)).astype("float32")
        assert model(x).shape == (2, scale * height, scale * width, 3)


def test_an_odd_size_is_the_padded_even_one_cropped():
    model = build_esrn(Genotype.parse(ALL_KINDS, width=8), 2)
    x = np.random.default_rng(0).random((1, 5, 7, 3)).astype("float32")
    padded = np.pad(x, [(0, 0), (0, 1), (0, 1), (0, 0)], "symmetric")
    np.testing.assert_allclose(model(x), np.array(model(padded))[:, :10, :14], atol=1e-6)


def test_an_untrained_anchor_network_without_residual_is_nearest_neighbour():
    model = build_esrn(Genotype.parse("P_2_8_8", width=8, tail="anchor"), 3)
    model.get_layer("tail0").set_weights([np.zeros((3, 3, 8, 27)), np.zeros(27)])
    x = np.random.default_rng(0).random((1, 4, 5, 3)).astype("float32")
    np.testing.assert_allclose(model(x), x.repeat(3, 1).repeat(3, 2), atol=1e-6)


def test_published_tail_widths():
    assert build_esrn(Genotype.parse("S_4_8_8"), 2).get_layer("tail0").filters == 96
    assert build_esrn(Genotype.parse("S_4_8_8"), 3).get_layer("tail0").filters == 288
    x4 = build_esrn(Genotype.parse("S_4_8_8"), 4)
    assert [x4.get_layer(f"tail{i}").filters for i in range(3)] == [128, 128, 3]


def test_other_scales_are_refused():
    with pytest.raises(ValueError, match="scale=5"):
        build_esrn(Genotype.parse("S_4_8_8"), 5)


@pytest.mark.parametrize("scale", [2, 3, 4, 8])
def test_an_unshuffled_front_works_at_half_the_resolution(scale):
    genotype = Genotype.parse("P_2_8_8,S_2_8_8", width=8, tail="anchor", front="unshuffled")
    model = build_esrn(genotype, scale)
    assert model.get_layer("features0").kernel.shape == (3, 3, 12, 8)
    for height, width in [(1, 1), (5, 4), (6, 8)]:
        x = np.random.default_rng(0).random((2, height, width, 3)).astype("float32")
        assert model(x).shape == (2, scale * height, scale * width, 3)
    model.get_layer("tail0").set_weights(
        [np.zeros((3, 3, 8, 12 * scale**2)), np.zeros(12 * scale**2)]
    )
    np.testing.assert_allclose(model(x), x.repeat(scale, 1).repeat(scale, 2), atol=1e-6)


def test_features_of_silu_begin_large_and_the_picture_does_not():
    """Near zero SiLU is a line, and a network that begins there stays a linear filter for long."""
    sizes = {}
    x = np.random.default_rng(0).random((1, 12, 12, 3)).astype("float32")
    for activation in ("relu", "silu"):
        keras.utils.set_random_seed(0)
        model = build_esrn(
            Genotype.parse("P_3_16_16", width=16, tail="anchor", activation=activation), 2
        )
        features = keras.Model(model.input, model.get_layer("features0").output)
        sizes[activation] = float(np.std(features(x))), float(np.std(model(x)))
    assert sizes["silu"][0] == pytest.approx(8 * sizes["relu"][0], rel=0.3)
    assert sizes["silu"][1] < 2 * sizes["relu"][1]


def test_a_seed_gives_the_weights_that_it_always_gave():
    """Equal to a functional model of the same layers: nothing between them takes a seed."""
    keras.utils.set_random_seed(3)
    model = build_esrn(Genotype.parse("P_1_4_4", width=4, tail="anchor"), 2)
    keras.utils.set_random_seed(3)
    names = ("features0", "features1", "block0_conv0", "fusion0", "fusion1", "tail0")
    kernels = [model.get_layer(name).kernel for name in names]
    fresh = [keras.initializers.GlorotUniform() for _ in names]
    for kernel, initializer in zip(kernels, fresh, strict=True):
        np.testing.assert_array_equal(kernel, initializer(kernel.shape))

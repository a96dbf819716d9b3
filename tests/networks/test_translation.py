import keras
import numpy as np
import pytest
from keras import ops

from sr_app.networks.translation import build_translator, deterministic, is_stochastic

PICTURES = np.random.default_rng(0).random((2, 16, 20, 3)).astype("float32")


def run(model, x):
    return ops.convert_to_numpy(model(x))


@pytest.mark.parametrize("shape", [(2, 16, 20, 3), (1, 5, 7, 3)])
def test_the_residual_translator_begins_as_exactly_the_identity(shape):
    x = np.random.default_rng(1).random(shape).astype("float32")
    np.testing.assert_array_equal(run(build_translator("residual", width=8, name="g"), x), x)


def test_published_sizes():
    """EDSR-like: 3 -> 64, 8 x 2 convolutions of 64, one more, 64 -> 3, all 3x3 with bias.

    CycleGAN's generator has 11.378 M weights (Zhu et al., and every public port of it).
    """
    inner = 9 * 64 * 64 + 64
    residual = build_translator("residual", name="g")
    assert residual.count_params() == (27 * 64 + 64) + 17 * inner + (9 * 64 * 3 + 3)
    assert build_translator("resnet", name="g").count_params() == 11_378_179


def test_the_resnet_translator_keeps_the_size_and_what_tanh_can_give():
    keras.utils.set_random_seed(0)
    out = run(build_translator("resnet", width=4, blocks=1, name="g"), PICTURES)
    assert out.shape == PICTURES.shape and np.abs(out).max() < 1


def test_instance_normalisation_is_without_the_picture_s_brightness_and_contrast():
    """Away from zero padding; a brighter, steeper picture gives the same features."""
    keras.utils.set_random_seed(0)
    model = build_translator("resnet", width=4, blocks=1, name="g")
    features = keras.Model(model.input, model.get_layer("conv0_norm").output)
    plain = run(features, PICTURES)
    np.testing.assert_allclose(plain.mean(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(run(features, 3 * PICTURES), plain, atol=0.05)
    assert not any("norm" in weight.path for weight in model.weights)


def test_both_translate_what_they_are_asked_and_unknown_ones_are_named():
    assert build_translator("residual", width=8, blocks=2, name="to_real").name == "to_real"
    with pytest.raises(ValueError, match="residual, resnet.*'unet'"):
        build_translator("unet", name="g")
    with pytest.raises(ValueError, match="free, held.*'kept'"):
        build_translator("residual", colours="kept", name="g")


@pytest.mark.parametrize("kind", ["residual", "resnet"])
def test_held_colours_are_those_of_the_input_whatever_was_learnt(kind):
    options = {"width": 4, "blocks": 1, "name": "g"}
    free, held = (build_translator(kind, colours=c, **options) for c in ("free", "held"))
    rng = np.random.default_rng(2)
    weights = [0.3 * rng.normal(size=weight.shape) for weight in free.weights]  # learnt: anything
    free.set_weights(weights)
    held.set_weights(weights)
    x = rng.random((1, 48, 48, 3)).astype("float32")
    moved, stays = (
        abs((run(model, x) - x)[:, 12:-12, 12:-12].mean(axis=(1, 2))).max()
        for model in (free, held)
    )
    assert stays < 0.1 * moved and moved > 0.06


def test_no_two_convolutions_begin_alike():
    keras.utils.set_random_seed(0)
    model = build_translator("resnet", width=4, blocks=2, name="g")
    one, other = (model.get_layer(f"block{i}_conv0").get_weights()[0] for i in (0, 1))
    assert np.abs(one - other).max() > 0.01
    assert one.std() == pytest.approx(0.02, rel=0.1)  # 2304 numbers: 1.5 % standard error
    keras.utils.set_random_seed(0)
    again = build_translator("resnet", width=4, blocks=2, name="g")
    np.testing.assert_array_equal(again.get_layer("block0_conv0").get_weights()[0], one)


def test_noise_channels_are_new_at_each_call_and_change_nothing_at_the_start():
    keras.utils.set_random_seed(0)
    model = build_translator("residual", width=4, blocks=1, noise=2, name="g")
    np.testing.assert_array_equal(run(model, PICTURES), PICTURES)
    noise = keras.Model(model.input, model.get_layer("noise").output)
    one, other = run(noise, PICTURES), run(noise, PICTURES)
    assert one.shape == (2, 16, 20, 2)
    # 1280 numbers: the standard errors of mean and deviation are 0.028 and 0.020.
    assert abs(one.mean()) < 0.12 and abs(one.std() - 1) < 0.08
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.12
    with pytest.raises(ValueError, match="no noise channels for a resnet"):
        build_translator("resnet", noise=1, name="g")


def test_grain_is_white_where_nothing_smears_it_and_can_be_left_out():
    keras.utils.set_random_seed(0)
    model = build_translator("residual", width=4, blocks=1, noise=2, name="g")
    model.get_layer("amount").bias.assign([0.1, 0.2, 0.0])
    one, other = (run(model, PICTURES) - PICTURES for _ in range(2))
    # 640 numbers a channel: the standard error of a deviation is 2.8 %, of a correlation 0.04.
    assert one.std((0, 1, 2)) == pytest.approx([0.1, 0.2, 0.0], rel=0.15)
    assert abs(np.corrcoef(one[:, 1:, :, 0].ravel(), one[:, :-1, :, 0].ravel())[0, 1]) < 0.16
    assert abs(np.corrcoef(one[..., 0].ravel(), one[..., 1].ravel())[0, 1]) < 0.16
    assert abs(np.corrcoef(one[..., 0].ravel(), other[..., 0].ravel())[0, 1]) < 0.16
    assert is_stochastic(model) and not is_stochastic(
        build_translator("residual", width=4, name="f")
    )
    quiet = keras.ops.convert_to_numpy(deterministic(model, PICTURES))
    np.testing.assert_array_equal(quiet, PICTURES)
    assert (run(model, PICTURES) != PICTURES).any()  # and comes back


def test_smeared_grain_has_neighbours_that_agree():
    keras.utils.set_random_seed(0)
    model = build_translator("residual", width=4, blocks=1, noise=3, name="g")
    model.get_layer("amount").bias.assign([0.1, 0.1, 0.1])
    kernel = np.zeros((5, 5, 3, 3), np.float32)
    kernel[2, 1:4] = np.eye(3)
    model.get_layer("smear").set_weights([kernel])
    grain = run(model, PICTURES) - PICTURES
    # White plus a mean over three: (2 of 3) * 3 / (3 + 1) = 0.5 with the next column.
    inner = grain[:, :, 1:-1, 0]
    assert np.corrcoef(inner[..., 1:].ravel(), inner[..., :-1].ravel())[0, 1] == pytest.approx(
        0.5, abs=0.12
    )

"""The contract that every convolution kind keeps."""

import keras
import numpy as np
import pytest
from keras import ops

from sr_app.layers.convolution import CONVOLUTIONS, activation, convolution, holds_skip, note
from sr_app.layers.convolution_cost import ConvolutionCost
from sr_app.layers.same_convolution import SameConvolution

KINDS = sorted(CONVOLUTIONS)


def picture(channels=8, dtype="float32"):
    return np.random.default_rng(0).normal(size=(2, 7, 5, channels)).astype(dtype)


def random_value(weight, rng):
    """Normal numbers; a variance is positive, and whole numbers (an order, a count) stay."""
    if not np.issubdtype(np.dtype(weight.dtype), np.floating):
        return ops.convert_to_numpy(weight)
    value = rng.normal(size=weight.shape, scale=0.3)
    return 1 + np.abs(value) if "variance" in weight.path else value


def with_random_weights(layer, channels=8):
    layer.build((None, None, None, channels))
    rng = np.random.default_rng(1)
    layer.set_weights([random_value(weight, rng) for weight in layer.weights])
    return layer


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_shape_is_kept(kind, groups):
    layer = convolution(kind, 12, 3, groups=groups)
    assert layer(picture()).shape == (2, 7, 5, 12)
    assert layer.compute_output_shape((None, None, None, 8)) == (None, None, None, 12)


@pytest.mark.parametrize("groups", [2, 4])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "rep"])
def test_groups_that_the_blocks_ask_for(kind, groups):
    """4 filters in 4 groups leave nothing to save; a kind must still be a convolution then."""
    layer = with_random_weights(convolution(kind, 4, 3, groups=groups))
    assert layer(picture()).shape == (2, 7, 5, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_survives_serialisation(kind):
    layer = with_random_weights(convolution(kind, 4, 3))
    twin = type(layer).from_config(layer.get_config())
    twin.build((None, None, None, 8))
    twin.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(picture()), twin(picture()))


@pytest.mark.parametrize("kind", KINDS)
def test_survives_a_file_of_weights(kind, tmp_path):
    """State that is not trained (statistics, noise, an order) is in the file too."""
    inputs = keras.Input((None, None, 8))
    layer = with_random_weights(convolution(kind, 8, 3))
    model = keras.Model(inputs, layer(inputs))
    model.save_weights(tmp_path / "a.weights.h5")
    other = keras.Model(inputs, convolution(kind, 8, 3)(inputs))
    other.load_weights(tmp_path / "a.weights.h5")
    for one, two in zip(model.variables, other.variables, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(one), ops.convert_to_numpy(two))


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_is_close(kind):
    layer = with_random_weights(convolution(kind, 4, 3))
    config = {**layer.get_config(), "dtype": "mixed_bfloat16"}
    half = type(layer).from_config(config)
    half.build((None, None, None, 8))
    half.set_weights(layer.get_weights())
    output = half(picture())
    assert keras.backend.standardize_dtype(output.dtype) == "bfloat16"
    full, low = np.array(layer(picture())), np.array(ops.cast(output, "float32"))
    # bfloat16 keeps 8 bits: 0.4 % per product, averaged over 72 of them.
    assert np.abs(full - low).max() < 0.05 * np.abs(full).max()


def trained(layer, dtype=None):
    inputs = keras.Input((None, None, 8))
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", "mse")
    model.train_on_batch(picture(), picture())
    return layer


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns(kind):
    layer = with_random_weights(convolution(kind, 8, 3))
    before = [ops.convert_to_numpy(weight) for weight in layer.trainable_weights]
    trained(layer)
    for old, weight in zip(before, layer.trainable_weights, strict=True):
        new = ops.convert_to_numpy(weight)
        assert np.isfinite(new).all() and np.abs(old - new).max() > 0, weight.path


@pytest.mark.parametrize("kind", KINDS)
def test_learns_in_half_precision(kind):
    layer = convolution(kind, 8, 3)
    layer = type(layer).from_config({**layer.get_config(), "dtype": "mixed_bfloat16"})
    for weight in trained(with_random_weights(layer)).trainable_weights:
        assert np.isfinite(ops.convert_to_numpy(weight)).all(), weight.path


@pytest.mark.parametrize("kind", KINDS)
def test_inference_changes_no_state(kind):
    layer = with_random_weights(convolution(kind, 8, 3))
    before = layer.get_weights()
    np.testing.assert_array_equal(layer(picture()), layer(picture()))
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_costs_agree_with_the_weights(kind, groups):
    layer = with_random_weights(convolution(kind, 8, 3, groups=groups))
    if not isinstance(layer, SameConvolution):
        pytest.skip("ordinary convolutions are counted by networks.cost")
    cost = layer.cost()
    assert isinstance(cost, ConvolutionCost)
    numbers = {weight.name: int(np.prod(weight.shape)) for weight in layer.weights}
    assert set(layer.TRAINING_ONLY) <= set(numbers)
    stored = sum(count for name, count in numbers.items() if name not in layer.TRAINING_ONLY)
    assert cost.weights + cost.biases + cost.bits == stored
    assert cost.bits == sum(numbers[name] for name in layer.ONE_BIT)


@pytest.mark.parametrize("kind", KINDS)
def test_reach_is_what_a_pixel_sees(kind):
    layer = with_random_weights(convolution(kind, 8, 3))
    reach = layer.cost().reach if isinstance(layer, SameConvolution) else 1
    x = np.random.default_rng(2).normal(size=(1, 9, 9, 8)).astype("float32")
    moved = x.copy()
    moved[0, 4, 4] = -x[0, 4, 4]
    change = np.abs(np.array(layer(x)) - np.array(layer(moved))).max((0, 3)) > 0
    rows, columns = np.nonzero(change)
    assert max(np.abs(rows - 4).max(), np.abs(columns - 4).max()) <= reach
    assert change[4, 4]


def test_unknown_kind_is_named():
    for use in (
        lambda: convolution("gost", 4, 3),
        lambda: activation("gost"),
        lambda: note("gost"),
    ):
        with pytest.raises(ValueError, match="'gost'"):
            use()


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_is_near_the_convolution_that_it_is_made_from(kind):
    """Of the same shape, it sets weights of its own and is nearer to it than untrained weights."""
    layer = convolution(kind, 8, 3)
    layer.build((None, None, None, 8))
    if not hasattr(layer, "start_from"):
        pytest.skip("learns from its initial weights")
    plain = with_random_weights(convolution("conv", 8, 3))
    expected = np.array(plain(picture()))
    before = np.square(np.array(layer(picture())) - expected).mean()
    paths = layer.start_from(*plain.get_weights())
    assert paths and set(paths) <= {weight.path for weight in layer.weights}
    after = np.square(np.array(layer(picture())) - expected).mean()
    assert after < before or holds_skip(kind)  # its start is that of the residual


def test_what_holds_a_skip_and_what_a_kind_is_good_for():
    assert holds_skip("adder") and holds_skip("binary") and not holds_skip("conv")
    assert not note("conv") and not note("rep")  # cost what is counted
    assert note("ghost").startswith("Saves")
    assert all(note(kind).endswith(".") and "\n" not in note(kind) for kind in KINDS if note(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_an_activation_keeps_the_shape_and_zero(kind):
    """A closed unit stays closed, whatever follows the convolution."""
    x = np.zeros((1, 2, 3, 4), "float32")
    layer = activation(kind, name="a")
    np.testing.assert_array_equal(layer(x), x)

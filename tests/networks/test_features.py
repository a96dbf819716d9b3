from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from sr_app.image.files import read_photo
from sr_app.networks.features import (
    SOURCES,
    distance,
    has_weights,
    load_distance,
    normalised,
    own_distance,
)
from tests.inference.random_presets import build
from tests.networks.synthetic_weights import write_weights

RNG = np.random.default_rng(0)
SIZES = {"squeeze": (31, 15, 7, 3, 3, 3, 3), "alex": (30, 15, 8, 8, 8), "vgg": (64, 33, 17, 9, 5)}
SIZES["vgg_plain"] = (64, 32, 16, 8, 4)
# Of the reference implementations for the example pair (ref, p0) and (ref, p1), 64x64.
EXAMPLES = {"squeeze": (0.711, 0.148), "alex": (0.778, 0.132), "vgg": (0.652, 0.136)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_weights(tmp_path_factory.mktemp("weights") / "perceptual")


@pytest.mark.parametrize("name", EXAMPLES)  # vgg_plain is this project's own
def test_the_published_examples(name, shared):
    weights = shared / "data" / "perceptual"
    if not has_weights(name, weights):
        pytest.skip("no weights of perceptual metrics in the shared folder")
    pictures = [
        read_photo(weights / "lpips_squeeze" / f"ex_{part}.png").rgb[None]
        for part in ("ref", "p0", "p1")
    ]
    measure = load_distance(name, weights)
    values = [float(measure(pictures[0], other)[0]) for other in pictures[1:]]
    assert values == pytest.approx(EXAMPLES[name], abs=0.005)


@pytest.mark.parametrize("name", SOURCES)
def test_depths_sizes_and_meaning(name, folder):
    measure = load_distance(name, folder)
    a, b = RNG.random((2, 2, 64, 64, 3)).astype("float32")
    features = measure.features(a)
    assert tuple(f.shape[1] for f in features) == SIZES[name]
    values = ops.convert_to_numpy(measure(a, b))
    assert values.shape == (2,) and (values > 0).all()
    np.testing.assert_allclose(ops.convert_to_numpy(measure(b, a)), values, rtol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(measure(a, a)), 0, atol=1e-7)
    assert not measure.network.trainable_variables


def test_fewer_depths_are_the_first_ones(folder):
    a, b = RNG.random((2, 1, 48, 48, 3)).astype("float32")
    whole, part = load_distance("vgg", folder), load_distance("vgg", folder, depths=2)
    assert len(part.weights) == 2
    shares = [
        float(distance(x, y, w)[0])
        for x, y, w in zip(whole.features(a), whole.features(b), whole.weights, strict=True)
    ]
    assert float(part(a, b)[0]) == pytest.approx(sum(shares[:2]), rel=1e-5)
    assert float(whole(a, b)[0]) == pytest.approx(sum(shares), rel=1e-5)


def test_features_have_unit_length_and_dark_ones_stay_finite():
    x = np.array([3.0, 4.0], "float32").reshape(1, 1, 1, 2)
    np.testing.assert_allclose(ops.convert_to_numpy(normalised(x)).ravel(), [0.6, 0.8], rtol=1e-6)
    assert not ops.convert_to_numpy(normalised(np.zeros_like(x))).any()


def test_a_networks_own_features():
    measure = own_distance(build("P_2_8_8,P_2_8_8"), blocks=2)
    a, b = RNG.random((2, 1, 16, 16, 3)).astype("float32")
    assert len(measure.weights) == 3
    assert float(measure(a, b)[0]) > float(measure(a, a)[0]) == 0


def test_missing_and_foreign_files_are_one_clear_line(folder, tmp_path):
    with pytest.raises(ValueError, match="sr-app data prepare perceptual"):
        load_distance("vgg", tmp_path)
    with pytest.raises(ValueError, match="Expected a network among squeeze"):
        load_distance("vgg19", folder)
    foreign = write_weights(tmp_path / "foreign")
    linear = foreign / "lpips_squeeze" / "lpips_lin_squeeze_v0.1.npz"
    np.savez(linear, **{"lin0.model.1.weight": np.ones(9)})
    with pytest.raises(ValueError, match="to weight"):
        load_distance("squeeze", foreign)

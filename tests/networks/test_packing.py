"""Packed files: exact, as small as they claim, and never unpickled."""

import numpy as np
import pytest
from keras import ops

from sr_app.networks.cost import measure_cost
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.packing import one_bit_weights, read_packed, write_packed
from sr_app.networks.presets import PACKED, Card, load_preset, save_preset

X = np.random.default_rng(0).random((1, 7, 6, 3)).astype("float32")


def build(conv, blocks="P_2_8_8,S_1_8_8", width=8):
    model = build_esrn(Genotype.parse(blocks, width=width, conv=conv, tail="anchor"), 2)
    rng = np.random.default_rng(1)
    for weight in model.trainable_weights:
        weight.assign(rng.normal(size=weight.shape, scale=0.2))
    return model


@pytest.mark.parametrize("conv", ["full_stack", "binary", "ghost_shift"])
def test_round_trip_is_exact(conv, tmp_path):
    model, other = build(conv), build(conv)
    other.set_weights([np.zeros(w.shape) for w in other.get_weights()])
    write_packed(model, tmp_path / "a.npz")
    read_packed(other, tmp_path / "a.npz")
    np.testing.assert_array_equal(model(X), other(X))
    signs = one_bit_weights(model)
    for one, two in zip(model.weights, other.weights, strict=True):
        value = ops.convert_to_numpy(one)
        expected = np.where(value >= 0, 1, -1) if one.path in signs else value
        np.testing.assert_array_equal(ops.convert_to_numpy(two), expected)
    write_packed(other, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("conv, expected", [("full_stack", 32 * 4 / (32 + 4)), ("binary", 32)])
def test_files_shrink_as_published(conv, expected, tmp_path):
    """The body's kernels: 32 s / (32 + s) with s = 4, and 32."""
    sizes = {}
    for blocks in ("P_1_96_96", "P_3_96_96"):  # two layers more, all else equal
        write_packed(build(conv, blocks, width=96), tmp_path / "a.npz")
        sizes[blocks] = (tmp_path / "a.npz").stat().st_size
    per_layer = (sizes["P_3_96_96"] - sizes["P_1_96_96"]) / 2
    # Biases, scales and the archive's headers: under 4 KB a layer beside 10 KB of bits.
    assert 4 * 9 * 96**2 / (per_layer - 4096) > expected > 4 * 9 * 96**2 / per_layer


def test_the_counted_bytes_are_those_on_disk(tmp_path):
    model = build("full_stack", "P_2_64_64", width=64)
    write_packed(model, tmp_path / "a.npz")
    counted = measure_cost(model, 2).stored_bytes
    assert counted < (tmp_path / "a.npz").stat().st_size < 1.05 * counted


def test_a_preset_of_signs_is_packed(tmp_path):
    genotype = Genotype.parse("P_2_8_8", width=8, conv="binary", tail="anchor")
    model = build("binary", "P_2_8_8")
    card = save_preset(model, Card("b_x2", "", "", 2, genotype, folder=tmp_path / "b_x2"))
    assert card.weights == PACKED
    np.testing.assert_array_equal(load_preset(tmp_path / "b_x2")(X), model(X))


def test_wrong_files_are_named(tmp_path):
    path = tmp_path / "a.npz"
    write_packed(build("binary"), path)
    with pytest.raises(ValueError, match=r"a\.npz holds another network's weights: block0"):
        read_packed(build("full_stack"), path)
    with pytest.raises(ValueError, match="expected features0/kernel as .* Received"):
        read_packed(build("binary", "P_2_12_12,S_1_12_12", width=12), path)
    path.write_bytes(b"PK no archive")
    with pytest.raises(ValueError, match="not a file of packed weights"):
        read_packed(build("binary"), path)
    np.savez(path, **{"a": np.zeros(3)})
    path.write_bytes(path.read_bytes().replace(b"'descr'", b"'(((((("))
    with pytest.raises(ValueError, match="not a file of packed weights"):
        read_packed(build("binary"), path)
    np.savez(path, **{"a": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="not a file of packed weights"):
        read_packed(build("binary"), path)

"""Blends of two results against plain arithmetic, blends of two networks against Keras."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sr_app.inference import blend as module
from sr_app.inference.blend import blend, interpolated
from sr_app.inference.goal import has_twin, vivid_twin
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import load_preset, read_card, write_card


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, np.float32)


@pytest.fixture
def pair(twins):
    """Cards of esrn_x2 and its twin, whose ReLUs make the weights' mean another network."""
    return read_card("esrn_x2"), read_card("esrn_x2_vivid")


def test_the_ends_are_the_pictures_themselves():
    faithful, vivid = noise(1, 700, 20, 3), noise(2, 700, 20, 3)  # more than one band
    assert np.array_equal(blend(faithful, vivid, 0), faithful)
    assert np.array_equal(blend(faithful, vivid, 1), vivid)
    expected = 0.7 * faithful.astype(np.float64) + 0.3 * vivid
    received = blend(faithful, vivid, 0.3)
    assert received.dtype == np.float32
    assert np.abs(received - expected).max() < 1e-7  # half a unit in the last place below 1: 6e-8


def test_a_map_blends_pixel_by_pixel():
    faithful, vivid, share = noise(1, 300, 9, 3), noise(2, 300, 9, 3), noise(3, 300, 9)
    received = blend(faithful, vivid, share)
    expected = blend(faithful, vivid, float(share[280, 4]))
    assert np.array_equal(received[280, 4], expected[280, 4])
    flat = blend(faithful, vivid, np.full((300, 9), 0.25, np.float32))
    assert np.array_equal(flat, blend(faithful, vivid, 0.25))


def test_a_smaller_map_is_stretched_bilinearly():
    faithful, vivid = np.zeros((2, 640, 8, 3), np.float32)
    vivid += 1  # the blend is then the stretched map itself
    received = blend(faithful, vivid, np.array([[0.0, 1.0]], np.float32))
    # Centres of the eight columns lie at (i + 0.5) / 4 - 0.5 between the two of the map.
    expected = np.clip((np.arange(8) + 0.5) / 4 - 0.5, 0, 1)
    assert np.allclose(received, expected[None, :, None], atol=1e-7)
    down = blend(faithful, vivid, np.linspace(0, 1, 5, dtype=np.float32)[:, None])[:, 0, 0]
    rows = np.interp((np.arange(640) + 0.5) / 128 - 0.5, np.arange(5), np.linspace(0, 1, 5))
    assert np.allclose(down, rows, atol=1e-6)


def test_a_large_blend_lies_on_disk(monkeypatch):
    monkeypatch.setattr(module, "available_bytes", lambda: 1000)
    assert isinstance(blend(noise(1, 20, 20, 3), noise(2, 20, 20, 3), 0.5), np.memmap)


@pytest.mark.parametrize(
    "t", [-0.01, 1.01, np.nan, np.full((4, 5), 2.0), *map(np.zeros, [(5, 4), (4, 5, 1), (0, 5)])]
)
def test_what_is_no_share_is_refused(t):
    with pytest.raises(ValueError, match="Expected a blend"):
        blend(noise(1, 4, 5, 3), noise(2, 4, 5, 3), t)


def test_pictures_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 5, 3\) and \(5, 4, 3\)"):
        blend(noise(1, 4, 5, 3), noise(2, 5, 4, 3), 0.5)


def test_a_preset_finds_its_twin(twins):
    assert vivid_twin(read_card("esrn_x4")).name == "esrn_x4_vivid"
    assert vivid_twin(read_card("esrn_x3")) is None
    assert vivid_twin(read_card("esrn_x4_vivid")) is None


def test_a_preset_outside_the_path_has_its_twin_beside_it(twins, models, tmp_path):
    mine = read_card(shutil.copytree(models / "esrn_x4", tmp_path / "esrn_x4"))
    assert vivid_twin(mine).folder == twins / "esrn_x4_vivid"
    shutil.copytree(twins / "esrn_x4_vivid", tmp_path / "esrn_x4_vivid")
    assert vivid_twin(mine).folder == tmp_path / "esrn_x4_vivid"
    other = replace(mine, network=Genotype.parse("S_4_16_32"))
    assert vivid_twin(other).folder == tmp_path / "esrn_x4_vivid"  # outputs blend all the same


def test_a_namesake_of_another_network_is_no_twin(twins, models, tmp_path):
    mine = read_card(shutil.copytree(models / "esrn_x4", tmp_path / "esrn_x4"))
    assert vivid_twin(replace(mine, network=Genotype.parse("S_4_16_32"))) is None


@pytest.mark.parametrize("wrong", [{"scale": 2}, {"purpose": "clean"}])
def test_a_twin_that_does_not_fit_is_refused(twins, models, tmp_path, wrong):
    mine = read_card(shutil.copytree(models / "esrn_x4", tmp_path / "esrn_x4"))
    twin = read_card(shutil.copytree(twins / "esrn_x4_vivid", tmp_path / "esrn_x4_vivid"))
    write_card(replace(twin, **wrong))
    with pytest.raises(ValueError, match="to go with esrn_x4"):
        vivid_twin(mine)
    assert not has_twin(mine)  # of a list, which a faulty card among many does not end


def test_at_the_ends_the_weights_are_the_presets(pair):
    rgb = noise(4, 12, 15, 3)
    for t, card in zip((0, 1), pair, strict=True):
        assert np.array_equal(interpolated(*pair, t)(rgb), Upscaler.from_preset(card.name)(rgb))


def test_between_the_ends_the_larger_border_holds(pair):
    bordered = tuple(replace(c, border=b) for c, b in zip(pair, (2, 6), strict=True))
    found = [interpolated(*bordered, t).card.border for t in (0, 0.4, 1)]
    assert found == [2, 6, 6]


def test_between_the_ends_both_runtimes_make_the_same_network(pair):
    rgb = noise(5, 12, 15, 3)
    graph = interpolated(*pair, 0.4)(rgb)
    keras = interpolated(*pair, 0.4, runtime="keras")(rgb)
    assert np.abs(graph - keras).max() <= 1e-4
    outputs = blend(*(Upscaler.from_preset(card.name)(rgb) for card in pair), 0.4)
    assert np.abs(graph - outputs).max() > 1e-3, "a mean of weights is no mean of outputs"


def test_folded_kernels_are_interpolated_not_branches(pair):
    models = [load_preset(card.folder) for card in pair]
    name = next(layer.name for layer in models[0].layers if type(layer).__name__ == "RepConv2D")
    kernels = [model.get_layer(name).folded()[0] for model in models]
    mixed = interpolated(*pair, 0.4, runtime="keras").runtime.model.get_layer(name).folded()[0]
    assert np.allclose(mixed, 0.6 * kernels[0] + 0.4 * kernels[1], atol=1e-6)
    first, second = (model.get_layer(name) for model in models)
    branches = zip(first.get_weights(), second.get_weights(), strict=True)
    first.set_weights([0.6 * ours + 0.4 * theirs for ours, theirs in branches])
    assert not np.allclose(first.folded()[0], mixed, atol=1e-4)


def test_other_genotypes_and_runtimes_are_refused(pair, twins):
    with pytest.raises(ValueError, match="of one scale.*mode outputs.*: esrn_x2 and esrn_x4$"):
        interpolated(pair[0], read_card("esrn_x4"), 0.5)
    other = replace(read_card("esrn_x4"), scale=2)
    with pytest.raises(ValueError, match="of one network"):
        interpolated(pair[0], other, 0.5)
    with pytest.raises(ValueError, match="auto, onnxruntime, keras"):
        interpolated(*pair, 0.5, runtime="warp")
    with pytest.raises(ValueError, match="Expected a blend"):
        interpolated(*pair, 1.5)

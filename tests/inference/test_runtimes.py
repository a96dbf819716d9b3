"""Runtimes: one contract, equal results, clear lines when a file is wrong."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sr_app.inference.runtime import MixingRuntime
from sr_app.inference.runtime_keras import KerasRuntime
from sr_app.inference.runtime_onnx import OnnxRuntime
from sr_app.inference.runtimes import CHOICES, RUNTIMES, choose, choose_mixed
from sr_app.networks.presets import read_card
from tests.inference.ncnn_files import NcnnForeign, write_preset


def suiting(card):
    """Names of the runtimes that a preset has what they need for."""
    return [name for name, kind in RUNTIMES.items() if kind.suits(card)]


def preset_for(name, scale, models_folder, folder):
    """A copy of a preset that the runtime suits."""
    if name == "ncnn":
        pytest.importorskip("ncnn", reason="the ncnn extra is not installed")
        return write_preset(NcnnForeign(scale=scale), folder / f"ncnn_x{scale}")
    return shutil.copytree(models_folder / f"esrn_x{scale}", folder / f"{name}_x{scale}")


@pytest.fixture(scope="module")
def made(models_folder, tmp_path_factory):
    """The runtime of (name, scale), made once."""
    folder, kept = tmp_path_factory.mktemp("presets"), {}

    def make(name, scale):
        if (name, scale) not in kept:
            card = read_card(preset_for(name, scale, models_folder, folder))
            kept[name, scale] = RUNTIMES[name](card)
        return kept[name, scale]

    return make


@pytest.fixture
def card(models_folder, tmp_path):
    """The card of a preset that a test may damage."""
    return read_card(shutil.copytree(models_folder / "esrn_x4", tmp_path / "esrn_x4"))


@pytest.fixture
def own_card(name, models_folder, tmp_path):
    """The same, of a preset that suits a runtime."""
    return read_card(preset_for(name, 4, models_folder, tmp_path))


@pytest.mark.parametrize("name", RUNTIMES)
@pytest.mark.parametrize("scale", [2, 4])
def test_contract(made, name, scale):
    batch = np.random.default_rng(0).random((3, 6, 10, 3), np.float32)
    kept = batch.copy()
    result = made(name, scale).run(batch)
    assert result.shape == (3, 6 * scale, 10 * scale, 3) and result.dtype == np.float32
    assert np.array_equal(batch, kept)
    one = made(name, scale).run(batch[1:2])
    assert np.abs(one[0] - result[1]).max() < 1e-5  # pictures of a batch do not touch


@pytest.mark.parametrize("size", [(2, 2), (2, 58), (46, 34)])
@pytest.mark.parametrize("scale", [2, 4])
def test_runtimes_agree_to_1e_4(made, models_folder, scale, size):
    batch = np.random.default_rng(1).random((1, *size, 3), np.float32)
    names = suiting(read_card(models_folder / f"esrn_x{scale}"))
    assert names[0] == "onnxruntime" and {"openvino", "keras"} < set(names)
    results = [made(name, scale).run(batch) for name in names]
    for result in results[1:]:
        assert np.abs(results[0] - result).max() <= 1e-4


def test_auto_takes_the_graph_and_keras_without_one(card):
    assert isinstance(choose(card), OnnxRuntime)
    assert isinstance(choose(replace(card, graph=None)), KerasRuntime)
    with pytest.raises(
        ValueError, match="esrn_x4: expected a file that a runtime can run, graph or"
    ):
        choose(replace(card, graph=None, weights=None))


def test_what_the_table_holds_is_what_the_command_line_offers():
    assert all(name in CHOICES for name in RUNTIMES)


def test_a_preset_of_ncnn_suits_its_runtime_alone(tmp_path):
    card = read_card(write_preset(NcnnForeign(), tmp_path / "net"))
    assert suiting(card) == ["ncnn"]


@pytest.mark.parametrize("name", RUNTIMES)
def test_between_a_network_and_itself_is_itself(card, name, made):
    """Of every runtime that mixes; the others are refused by name."""
    batch = np.random.default_rng(2).random((1, 6, 8, 3), np.float32)
    if not issubclass(RUNTIMES[name], MixingRuntime):
        with pytest.raises(ValueError, match=f"Received: '{name}'"):
            choose_mixed(card, card, 0.5, name)
        return
    result = choose_mixed(card, card, 0.5, name).run(batch)
    np.testing.assert_allclose(result, made(name, 4).run(batch), atol=1e-5)


def test_an_unknown_runtime_names_the_known(card):
    with pytest.raises(ValueError, match=r"auto, onnxruntime, .*keras.*'tensorrt'"):
        choose(card, "tensorrt")


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_changed_file_is_refused(own_card, name):
    path = own_card.file(getattr(own_card, RUNTIMES[name].NEEDS))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=rf"{path.name} is not the file.*SHA-256"):
        choose(own_card, name)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_missing_file_is_named(own_card, name):
    path = own_card.file(getattr(own_card, RUNTIMES[name].NEEDS))
    path.unlink()
    with pytest.raises(ValueError, match=rf"no file {path.name}"):
        choose(own_card, name)


def test_a_file_without_a_digest_is_used_with_a_warning(card):
    with pytest.warns(UserWarning, match="states no SHA-256 of it, so it is used unchecked"):
        choose(replace(card, sha256={}))

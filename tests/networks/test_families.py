"""The contract that every network family keeps: each is tested by its own example."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from sr_app.networks.card import Card
from sr_app.networks.cost import measure_cost
from sr_app.networks.families import (
    FAMILIES,
    build_network,
    describe,
    family_of,
    read_network,
    taps_of,
)
from sr_app.networks.genotype import Genotype
from sr_app.networks.presets import load_preset, read_card, save_preset, write_card

each = pytest.mark.parametrize("name", FAMILIES)
BUILT = [name for name, family in FAMILIES.items() if family.HAS_WEIGHTS]
each_built = pytest.mark.parametrize("name", BUILT)
STRANGE = (None, True, "", "x", "9" * 5000, -1, 0, 3.5, 1e400, 10**30, [], [None], {}, {"a": []})


def example(name: str):
    return read_network({"family": name, **FAMILIES[name].EXAMPLE})


def smallest(name: str) -> int:
    """The smallest factor of a family, which need not be 2."""
    return min(FAMILIES[name].SCALES)


def random_model(name: str) -> keras.Model:
    model = build_network(example(name), smallest(name))
    rng = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(weight + rng.normal(size=weight.shape, scale=0.05))
    return model


@each
def test_what_is_described_can_be_read_and_is_equal(name):
    network = example(name)
    data = json.loads(json.dumps(describe(network)))
    assert data["family"] == name and read_network(data) == network
    assert family_of(network) is FAMILIES[name] and hash(network) == hash(read_network(data))


@each
def test_a_faulty_description_is_refused_in_words(name):
    data = describe(example(name))
    with pytest.raises(ValueError, match="colour"):
        read_network({**data, "colour": 1})
    refused = 0
    for key in data:
        for value in STRANGE:
            try:
                describe(read_network({**data, key: value}))
            except ValueError:
                refused += 1
    assert refused >= len(STRANGE) // 2


@each
def test_larger_factors_need_more_memory(name):
    network, family = example(name), FAMILIES[name]
    needed = [family.held_channels(network, scale) for scale in sorted(family.SCALES or (2, 3, 4))]
    assert needed[0] > 0 and needed == sorted(needed)


@each_built
def test_a_built_network_enlarges_any_size(name):
    for scale in FAMILIES[name].SCALES:
        model = build_network(example(name), scale)
        assert model(np.zeros((1, 5, 7, 3), "float32")).shape == (1, 5 * scale, 7 * scale, 3)
    with pytest.raises(ValueError, match="scale"):
        build_network(example(name), 7)


@each_built
def test_the_cost_is_that_of_the_built_network(name):
    network = example(name)
    for scale in FAMILIES[name].SCALES:
        cost = measure_cost(build_network(network, scale), scale)
        assert cost.parameters > 0 and cost.receptive_radius > 0
        told = FAMILIES[name].cost(network, scale)
        assert told in (None, (cost.parameters, cost.multiply_adds))


@each_built
def test_taps_are_features_of_the_network(name):
    network = example(name)
    model = build_network(network, smallest(name))
    assert [key for key in BUILT if FAMILIES[key].taps(model)] == [name]
    taps = taps_of(keras.models.clone_model(model))  # of a copy too
    taps = taps_of(model)
    tensors = [taps.first, *taps.blocks, taps.last]
    features = keras.Model(model.input, tensors)(np.ones((1, 8, 6, 3), "float32"))
    assert len(taps.blocks) >= 1 and all(np.ndim(one) == 4 for one in features)
    other = taps_of(build_network(network, FAMILIES[name].SCALES[-1]))
    assert taps.last.shape[-1] == other.last.shape[-1]  # a small and a large network agree


@each_built
def test_a_folded_network_computes_the_same(name):
    from sr_app.training.conversion import convert

    network, model = example(name), random_model(name)
    simpler = build_network(FAMILIES[name].folded(network), smallest(name))
    assert not convert(model, simpler)
    picture = np.random.default_rng(1).random((1, 6, 8, 3)).astype("float32")
    np.testing.assert_allclose(simpler(picture), model(picture), atol=1e-4)


def test_a_stranger_has_no_named_features():
    picture = keras.Input((None, None, 3))
    with pytest.raises(ValueError, match="named features. Received: odd"):
        taps_of(keras.Model(picture, keras.layers.Conv2D(3, 1)(picture), name="odd"))


@each_built
def test_a_preset_comes_back_and_its_graph_computes_the_same(name, tmp_path):
    from sr_app.inference.export import export_onnx
    from sr_app.inference.upscaler import Upscaler

    model, scale = random_model(name), smallest(name)
    folder = tmp_path / f"{name}_x{scale}"
    card = save_preset(model, Card(folder.name, "", "", scale, example(name), folder=folder))
    export_onnx(model, folder / "model.onnx", scale=scale)
    card = write_card(replace(card, graph="model.onnx"))
    assert read_card(folder) == card
    picture = np.random.default_rng(0).random((20, 23, 3), np.float32)
    expected = np.clip(np.asarray(load_preset(folder)(picture[None]))[0], 0, 1)
    for runtime in ("onnxruntime", "keras"):
        received = Upscaler.from_preset(folder, runtime=runtime)(picture)
        np.testing.assert_allclose(received, expected, atol=1e-4)


def test_unknown_families_and_values_are_named():
    with pytest.raises(ValueError, match="family among esrn, graph.*'esrm'"):
        read_network({"family": "esrm"})
    for data in (None, [], "esrn", 3):
        with pytest.raises(ValueError, match="as a table"):
            read_network(data)
    with pytest.raises(ValueError, match="description. Received: str"):
        describe("esrn")
    assert read_network({"blocks": ["P_1_8_8"]}) == Genotype.parse("P_1_8_8")


def test_reading_needs_no_keras():
    code = "import sys, sr_app.networks.presets as p; print(len(p.list_presets()), *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, *loaded = done.stdout.split()
    assert int(count) > 10 and not {"keras", "tensorflow"} & set(loaded)

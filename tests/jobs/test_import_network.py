"""Networks made elsewhere are brought in unasked, and enlarge a photo to the known answer."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import onnx
import pytest
import skimage.data
from onnx import TensorProto

from sr_app.image.files import Photo
from sr_app.inference.result_rows import whole_photos
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.events import Finished, Note
from sr_app.jobs.import_network import ImportPlan, import_network, usual_name
from sr_app.networks.presets import list_presets, read_card
from tests.inference.foreign_graphs import Foreign, chain, write
from tests.inference.ncnn_files import NcnnForeign

HALF = TensorProto.FLOAT16
EVERY = [
    Foreign(scale=1),
    Foreign(scale=2),
    Foreign(scale=3),
    Foreign(scale=4),
    Foreign(last=True),
    Foreign(last=True, scale=3, takes=255, gives=255),
    Foreign(last=True, bgr_in=True, bgr_out=True),
    Foreign(last=True, multiple=4, batch=1),
    Foreign(last=True, side=(40, 40), multiple=8),
    Foreign(takes=255, gives=255),
    Foreign(takes=255),
    Foreign(gives=255, scale=1),
    Foreign(bgr_in=True, bgr_out=True, scale=4),
    Foreign(bgr_out=True),
    Foreign(bgr_in=True, takes=255, gives=255),
    Foreign(luma=True),
    Foreign(luma=True, scale=1),
    Foreign(luma=True, scale=3, takes=255, gives=255),
    Foreign(luma=True, last=True, scale=4),
    Foreign(luma=True, side=(48, 56), multiple=8, batch=1),
    Foreign(multiple=2, scale=1),
    Foreign(multiple=4, batch=1),
    Foreign(multiple=8, scale=3),
    Foreign(multiple=12, scale=1),
    Foreign(multiple=5, scale=2),
    Foreign(side=(40, 64), multiple=8, scale=4, batch=1),
    Foreign(side=(56, 56), multiple=4, bgr_in=True, bgr_out=True, takes=255, gives=255),
    Foreign(side=(40, 40)),
    Foreign(batch=1, scale=3),
    Foreign(valid=True, scale=3),
    Foreign(valid=True, luma=True, scale=1, takes=255, gives=255),
    Foreign(valid=True, side=(40, 48), scale=2, last=True, batch=1),
    Foreign(kind=HALF),
    Foreign(kind=HALF, luma=True, multiple=2),
    Foreign(kind=HALF, last=True, side=(40, 48), multiple=8, batch=1, scale=1),
]


@pytest.fixture(scope="module")
def photo():
    """A part of a cat's face and its ground, whose colours photos have."""
    return (skimage.data.chelsea()[60:117, 80:151] / 255).astype(np.float32)


@pytest.mark.parametrize("foreign", EVERY, ids=lambda each: each.name)
def test_it_is_found_out_unasked_and_gives_the_known_answer(foreign, photo, tmp_path):
    made = import_network(ImportPlan(write(foreign.graph(), tmp_path / "net.onnx"), into=tmp_path))
    card = read_card(made.card.folder)
    assert (card.scale, card.receptive_radius <= 3) == (foreign.scale, True)
    in_graph = foreign.side and foreign.multiple > 1
    assert card.network.side == (min(foreign.side) if in_graph else None)
    assert card.multiple_of == (1 if in_graph else foreign.multiple)
    told = " ".join(made.findings)
    assert ("NHWC" if foreign.last else "NCHW") in told
    assert f"values 0..{foreign.takes}{', ' if foreign.takes == foreign.gives else ' in'}" in told
    result = Upscaler.from_preset(card.folder, tile=32)(photo)
    difference = np.abs(result - foreign.answer(photo).clip(0, 1))
    border = 8 * foreign.scale  # the border is a matter of padding
    tolerance = 3e-3 if foreign.kind == HALF else 1e-5
    assert difference[border:-border, border:-border].max() < tolerance
    assert result.shape == (57 * foreign.scale, 71 * foreign.scale, 3)


@pytest.mark.parametrize(
    "foreign",
    [
        NcnnForeign(scale=4, bgr_in=True, bgr_out=True),
        NcnnForeign(multiple=4, takes=255, gives=255, scale=1),
        NcnnForeign(luma=True, scale=3),
    ],
    ids=lambda each: f"ncnn-{each.name}",
)
def test_ncnn_is_found_out_unasked_too(foreign, photo, tmp_path):
    pytest.importorskip("ncnn", reason="the ncnn extra is not installed")
    made = import_network(ImportPlan(foreign.write(tmp_path / "net.param"), into=tmp_path))
    card = read_card(made.card.folder)
    assert (card.scale, card.multiple_of) == (foreign.scale, foreign.multiple)
    assert card.network.takes == card.network.gives == f"0..{foreign.takes}"
    assert (card.network.bgr_in, card.network.luma) == (foreign.bgr_in, foreign.luma)
    assert card.sha256.keys() == {"model.param", "model.bin"} and card.parameters > 0
    result = Upscaler.from_preset(card.folder, tile=32)(photo)
    border = 8 * foreign.scale
    difference = np.abs(result - foreign.answer(photo).clip(0, 1))
    assert difference[border:-border, border:-border].max() < 1e-5
    assert not sorted(tmp_path.glob(".import*"))


def test_the_card_says_where_it_comes_from_and_the_job_what_was_found(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv("SR_APP_MODELS", raising=False)
    file, events = write(Foreign().graph(), tmp_path / "my net.onnx"), []
    plan = ImportPlan(file, licence="CC-BY-NC-4.0", source="https://example.org", purpose="anime")
    made = import_network(plan, reporter=events.append)
    card = next(card for card in list_presets() if card.name == "my_net_x2")
    assert card.folder == tmp_path / "share" / "sr-app" / "models" / "my_net_x2"
    assert card.training["origin"]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert card.training["origin"]["source"] == "https://example.org"
    assert card.licence == "CC-BY-NC-4.0, as its author says" and card.purpose == "anime"
    assert "no commercial use" in card.title
    assert any("no commercial use" in line for line in made.warnings)
    notes = [event.text for event in events if isinstance(event, Note)]
    assert notes == [*made.findings, *made.warnings] and events[-1] == Finished(made)
    assert sorted(path.name for path in card.folder.iterdir()) == [
        "card.json",
        "model.onnx",
        "pair.png",
    ]
    with pytest.raises(ValueError, match="name that is free: choose another, or delete"):
        import_network(plan)


def test_a_network_that_looks_at_the_whole_picture_is_told_as_such(tmp_path):

    graph = chain()
    before = graph.last
    graph("GlobalAveragePool")
    graph("Mul", np.float32(-0.2))
    graph.nodes.append(onnx.helper.make_node("Add", [before, graph.last], ["whole"]))
    graph.last = "whole"
    model = graph.model([None, 3, None, None], [None] * 4)
    made = import_network(ImportPlan(write(model, tmp_path / "whole.onnx"), into=tmp_path))
    card = read_card(made.card.folder)
    assert card.network.beyond > 0.005 and card.receptive_radius <= 32
    assert "Its result depends on more than" in card.limits
    assert any("up to the whole picture" in line for line in made.warnings)
    upscaler = Upscaler.from_preset(card.folder)
    small, large = (np.zeros((side, 8, 3), np.float32) for side in (16, card.tile + 1))
    assert not whole_photos((upscaler,), Photo(small))[0].warnings
    assert "look for seams" in whole_photos((upscaler,), Photo(large))[0].warnings[0]


def constant_result():
    graph = chain()
    graph("Mul", np.float32(0))
    return graph.model([None, 3, None, None], [None] * 4)


def two_inputs():
    model = Foreign().graph()
    model.graph.input.append(onnx.helper.make_tensor_value_info("noise", 1, [1]))
    return model


def custom_operator():
    model = Foreign().graph()
    model.graph.node[0].domain = "com.example"
    model.opset_import.append(onnx.helper.make_opsetid("com.example", 1))
    return model


def external_data():
    model = Foreign().graph()
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret")
    return model


def odd_factor():
    graph = chain()
    graph("Transpose", perm=[0, 1, 3, 2])
    return graph.model([None, 3, None, None], [None] * 4)


def classifier():
    graph = chain()
    graph("GlobalAveragePool")
    return graph.model([1, 3, 32, 32], [None] * 4)


REFUSED = {
    "expected all weights in this file. Received: external data": external_data,
    "expected operators of ONNX or ONNX Runtime. Received: .* of 'com.example'": custom_operator,
    "expected one input, a picture. Received: 'input', 'noise'": two_inputs,
    "whose results are not like the picture": constant_result,
    "by a whole factor from 1 to 16": odd_factor,
    "that does not do so with any picture tried": classifier,
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_no_such_network_is_refused_and_leaves_nothing(message, tmp_path):
    file = write(REFUSED[message](), tmp_path / "net.onnx")
    with pytest.raises(ValueError, match=message):
        import_network(ImportPlan(file, into=tmp_path / "models"))
    assert not (tmp_path / "models").exists()


def test_a_failure_while_writing_leaves_nothing(tmp_path, monkeypatch):
    from sr_app.jobs import import_network as job

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(job, "write_card", full)
    with pytest.raises(OSError, match="No space left"):
        import_network(ImportPlan(write(Foreign().graph(), tmp_path / "net.onnx"), into=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]


def test_names_are_the_file_s_with_the_factor_once(tmp_path):
    assert usual_name(tmp_path / "4xSPANkendata.onnx", 4) == "4xSPANkendata"
    assert usual_name(tmp_path / "real esr/gan.onnx", 4) == "gan_x4"
    assert usual_name(tmp_path / "net_x2.onnx", 2) == "net_x2"
    assert usual_name(tmp_path / "net_x2.onnx", 4) == "net_x2_x4"
    assert usual_name(tmp_path / "网络.onnx", 2) == "network_x2"
    with pytest.raises(ValueError, match="name without slashes and control characters"):
        ImportPlan(tmp_path / "a.onnx", name="../elsewhere")


def test_the_card_is_one_that_strangers_can_read(tmp_path):
    made = import_network(ImportPlan(write(Foreign().graph(), tmp_path / "a.onnx"), into=tmp_path))
    data = json.loads((made.card.folder / "card.json").read_text())
    assert data["network"] == {"family": "graph", "channels": data["network"]["channels"]}
    assert data["licence"] == "not stated" and data["parameters"] > 27
    assert set(data["sha256"]) == {"model.onnx"}


@pytest.mark.parametrize(
    ("key", "stated", "given", "kept"),
    [
        ("model_license", "CC-BY-NC-4.0", None, "CC-BY-NC-4.0, as its file says"),
        ("License", " MIT ", None, "MIT, as its file says"),
        ("model_license", "MIT, as its author says", None, "MIT, as its author says"),
        ("model_license", "MIT", "Apache-2.0", "Apache-2.0, as its author says"),
        ("model_license", "a whole text\nof lines", None, "not stated"),
        ("model_license", "m" * 200, None, "not stated"),
        ("author", "MIT", None, "not stated"),
    ],
)
def test_the_licence_that_a_file_states_is_kept(key, stated, given, kept, tmp_path):
    graph = Foreign().graph()
    graph.metadata_props.add(key=key, value=stated)
    plan = ImportPlan(write(graph, tmp_path / "a.onnx"), licence=given, into=tmp_path)
    card = import_network(plan).card
    assert card.licence == read_card(card.folder).licence == kept
    assert ("no commercial use" in card.title) == ("NC" in kept)


def test_a_network_that_draws_noise_is_told_so(tmp_path):
    graph = chain()
    graph("RandomNormalLike", scale=0.02)
    graph.nodes.append(onnx.helper.make_node("Add", ["input", graph.last], ["noisy"]))
    graph.last = "noisy"
    path = write(graph.model(["n", 3, "h", "w"], [None] * 4), tmp_path / "noise.onnx")
    with pytest.raises(ValueError, match="the same result each time. Received: .* draws noise"):
        import_network(ImportPlan(path, into=tmp_path))

"""Presets go to a hub on this machine and come back; what is not right does not."""

from __future__ import annotations

import json
import shutil
from tempfile import gettempdir

import pytest

from sr_app.inference.runtime import line_of
from sr_app.jobs.hub import Hub, as_page, pull_preset, push_preset
from sr_app.networks.presets import SHIPPED, read_card
from tests.jobs.fake_hub import COMMIT, FakeHub
from tests.jobs.test_import_network import external_data

pytest.importorskip("huggingface_hub", reason="the hub extra is not installed")


@pytest.fixture
def hub():
    made = FakeHub()
    yield made
    made.close()


@pytest.fixture
def preset(tmp_path, monkeypatch):
    """The smallest shipped one, where no list sees it."""
    monkeypatch.setenv("SR_APP_MODELS", str(tmp_path / "mine"))
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)  # the hub is here
    return shutil.copytree(SHIPPED / "esrn_xs_x2", tmp_path / "elsewhere" / "small_x2")


@pytest.fixture
def pushed(preset, hub):
    """A repository with that preset."""
    card = json.loads((preset / "card.json").read_text())
    (preset / "card.json").write_text(json.dumps({**card, "name": "small_x2"}))
    there = Hub("somebody/small_x2", endpoint=hub.endpoint)
    push_preset(preset, there)
    return there


def test_a_preset_comes_back_as_it_went(pushed, preset, hub, tmp_path):
    files = hub.repositories["somebody/small_x2"]
    assert set(files) == {"README.md", *(each.name for each in preset.iterdir())}
    card = pull_preset(pushed)
    assert card == read_card(tmp_path / "mine" / "small_x2")
    for name in (card.graph, card.weights):
        assert card.file(name).read_bytes() == (preset / name).read_bytes()
    assert card.training["fetched"] == {"repository": "somebody/small_x2", "commit": COMMIT}
    assert not [path for path in (tmp_path / "mine").iterdir() if path.name != "small_x2"]
    with pytest.raises(ValueError, match="name that is free"):
        pull_preset(pushed)
    assert pull_preset(pushed, name="other_x2").name == "other_x2"


def test_what_is_pushed_must_be_what_the_card_says(preset, hub):
    (preset / "model.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match="model.onnx is not the file"):
        push_preset(preset, Hub("somebody/small_x2", endpoint=hub.endpoint))
    assert not hub.asked


def changed(**values):
    def change(files):
        files["card.json"] = json.dumps({**json.loads(files["card.json"]), **values}).encode()

    return change


def another_graph(files):
    files["model.onnx"] = files["model.onnx"][:-1] + b"0"


def graph_that_reaches_out(files):
    import hashlib

    files["model.onnx"] = external_data().SerializeToString()
    digests = json.loads(files["card.json"])["sha256"]
    digests["model.onnx"] = hashlib.sha256(files["model.onnx"]).hexdigest()
    changed(sha256=digests)(files)


REFUSED = {
    "^somebody/small_x2/model.onnx is not the file that .*its SHA-256 is not": another_graph,
    "^somebody/small_x2/card.json: expected the SHA-256 of model.onnx": changed(sha256={}),
    "^somebody/small_x2/model.onnx: expected all weights in this file": graph_that_reaches_out,
    "name without slashes and control characters. Received: '.hidden'": changed(name=".hidden"),
    "^Cannot read the card somebody/small_x2/card.json: Expected name": changed(name="../outside"),
    "Expected graph as .* file's name": changed(graph="../../model.onnx"),
    "^somebody/small_x2/card.json: expected files of different names": changed(
        graph="card.json", weights=None, sha256={"card.json": "0" * 64}
    ),
    "expected a file that a runtime can run": changed(graph=None, weights=None),
    "expected card.json of at most .* Received: none": lambda files: files.pop("card.json"),
    "expected model.onnx of at most .* Received: none": lambda files: files.pop("model.onnx"),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_not_right_leaves_nothing(message, pushed, hub, tmp_path):
    REFUSED[message](hub.repositories["somebody/small_x2"])
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=message) as caught:
        pull_preset(pushed)
    assert "\n" not in str(caught.value) and gettempdir() not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_too_large_is_not_fetched(pushed, hub):
    hub.sizes["model.onnx"] = 1 << 40
    with pytest.raises(ValueError, match=f"model.onnx of at most .* Received: {1 << 40}"):
        pull_preset(pushed)
    assert not [line for line in hub.asked if line.startswith("GET") and "model.onnx" in line]


def test_a_repository_that_is_not_there_and_a_hub_that_does_not_answer(hub, preset):
    with pytest.raises(OSError, match="^nobody/nothing: ") as caught:
        pull_preset(Hub("nobody/nothing", endpoint=hub.endpoint))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["alone", "a/b/c", "../up", "a b/c", "/etc/x", "a/..", "é/x"])
def test_a_repository_has_an_owner_and_a_name(name):
    with pytest.raises(ValueError, match="Expected owner/name"):
        Hub(name)


def test_the_page_says_licence_and_limits(preset):
    from dataclasses import replace

    card = read_card(preset)
    assert "license: apache-2.0" in as_page(card) and card.limits in as_page(card)
    other = as_page(replace(card, licence="CC-BY-NC-4.0, as its author says"))
    assert "license: other\nlicense_name: cc-by-nc-4.0-as-its-author-says" in other
    assert "(no commercial use)" in other


def test_errors_are_one_line():
    assert line_of(RuntimeError("one\n\n two")) == "one two"
    assert line_of(RuntimeError()) == "RuntimeError"

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest

from sr_app.inference.export_darktable import DarktableFormat, notes, packed, with_twin
from sr_app.networks.presets import read_card


@pytest.fixture
def card(models):
    return read_card(models / "esrn_x2")


def test_both_factors_of_one_name_go_together(card):
    assert {scale: one.name for scale, one in with_twin(card).items()} == {
        2: "esrn_x2",
        4: "esrn_x4",
    }
    alone = replace(card, name="net_x4_real", scale=4)
    assert list(with_twin(alone)) == [4]
    assert "without 2x" in notes(with_twin(alone))[1]


def test_a_factor_that_darktable_has_not_is_refused(models, tmp_path):
    with pytest.raises(ValueError, match="2x and 4x, which darktable asks for. Received: esrn_x3"):
        DarktableFormat().write(read_card(models / "esrn_x3"), tmp_path / "a.dtmodel")
    assert not list(tmp_path.iterdir())


def test_the_layout_and_the_same_bytes_again(card):
    data = packed(with_twin(card))
    assert data == packed(with_twin(card))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [
            f"upscale-esrn/{name}" for name in ("config.json", "model_x2.onnx", "model_x4.onnx")
        ]
        told = json.loads(archive.read("upscale-esrn/config.json"))
    assert told["task"] == "upscale" and told["id"] == "upscale-esrn"
    sizes = told["attributes"]
    assert sizes == {"model_x2": {"input_sizes": [512]}, "model_x4": {"input_sizes": [256]}}
    assert told["model_card"]["license"] == "Apache-2.0"


def test_a_reach_beyond_darktable_s_overlap_is_told(card):
    assert not any("seams" in line for line in notes({2: replace(card, receptive_radius=16)}))
    assert any("17 pixels far" in line for line in notes({2: replace(card, receptive_radius=17)}))

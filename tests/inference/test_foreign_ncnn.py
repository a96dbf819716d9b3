"""ncnn networks are found out unasked; what does not run in ncnn is refused before it is run."""

from __future__ import annotations

import pytest

from sr_app.inference.foreign_ncnn import bring_ncnn, find_pair
from tests.inference.ncnn_files import Chain, NcnnForeign

pytest.importorskip("ncnn", reason="the ncnn extra is not installed")


def test_the_two_files_are_found_in_a_folder_or_told(tmp_path):
    param = NcnnForeign().write(tmp_path / "net.param")
    assert find_pair(tmp_path) == find_pair(param) == (param, tmp_path / "net.bin")
    NcnnForeign().write(tmp_path / "other.param")
    with pytest.raises(ValueError, match="one .param, or its name. Received: net.param, other.par"):
        find_pair(tmp_path)
    (tmp_path / "net.bin").unlink()
    with pytest.raises(ValueError, match="its weights beside it. Missing: net.bin"):
        find_pair(param)


def test_a_layer_of_somebody_s_own_is_refused(tmp_path):
    path = NcnnForeign().write(tmp_path / "net.param")
    path.write_text(path.read_text().replace("PixelShuffle", "Yolov5Focus "))
    with pytest.raises(ValueError, match="expected ncnn's own layers. Received: 'Yolov5Focus'"):
        bring_ncnn(path)


def test_weights_that_end_too_early_are_told(tmp_path):
    path = NcnnForeign().write(tmp_path / "net.param")
    path.with_suffix(".bin").write_bytes(path.with_suffix(".bin").read_bytes()[:40])
    with pytest.raises(ValueError, match=r"ncnn can run, with its weights in net.bin") as caught:
        bring_ncnn(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_ends_the_process_ends_another_one(tmp_path):
    """A picture of two axes where three are expected."""
    chain = Chain()
    chain.layer("Reshape", ["in0"], "0=-1 1=3")
    chain.layer("PixelShuffle", [chain.last], "0=2")
    with pytest.raises(ValueError, match="net.param: expected a network that"):
        bring_ncnn(chain.write(tmp_path / "net.param"))

"""ncnn as a runtime: its own memory, its manner, its files."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sr_app.files.extras import MissingExtraError
from sr_app.inference.runtime_ncnn import NcnnRuntime, adapted
from sr_app.inference.runtimes import choose
from sr_app.networks.ncnn_graph import NcnnGraph
from sr_app.networks.presets import read_card
from tests.inference.ncnn_files import NcnnForeign, write_preset

pytest.importorskip("ncnn", reason="the ncnn extra is not installed")


def test_the_picture_may_vanish_while_ncnn_runs(tmp_path):
    """A Mat that is made of an array reads the array's memory and does not keep the array."""
    card = read_card(write_preset(NcnnForeign(), tmp_path / "net"))
    net, given = NcnnRuntime(card).net, card.network.output
    picture = np.random.default_rng(0).random((3, 64, 64), np.float32)
    run, before = net.begin(picture.copy()), net.one(picture)
    gc.collect()
    filled = [np.full((3, 64, 64), 7, np.float32) for _ in range(64)]
    assert np.array_equal(np.array(run.extract(given)[1]), before) and len(filled) == 64


@pytest.mark.parametrize(
    "foreign",
    [
        NcnnForeign(takes=255, gives=255),
        NcnnForeign(bgr_in=True, bgr_out=True, scale=3),
        NcnnForeign(luma=True),
        NcnnForeign(luma=True, scale=1),
    ],
    ids=lambda each: each.name,
)
def test_it_is_given_pictures_in_its_own_manner(foreign, tmp_path):
    card = read_card(write_preset(foreign, tmp_path / "net"))
    batch = np.random.default_rng(1).random((2, 12, 9, 3), np.float32)
    kept, result = batch.copy(), choose(card).run(batch)
    border = 2 * foreign.scale  # of the blur, and of interpolated colour
    for lr, sr in zip(batch, result, strict=True):
        answer = foreign.answer(lr)
        inner = (slice(border, -border),) * 2
        assert np.abs(sr - answer)[inner].max() < 1e-5
    assert np.array_equal(batch, kept) and result.dtype == np.float32


def test_a_smaller_picture_is_made_as_large_as_it_must_be():
    network = NcnnGraph(least=8)
    shapes = []

    def net(pictures):
        shapes.append(pictures.shape)
        return pictures

    batch = np.random.default_rng(2).random((1, 5, 12, 3), np.float32)
    assert np.array_equal(adapted(net, network, 1, batch), batch) and shapes == [(1, 3, 8, 12)]


def test_what_a_result_lacks_is_padded_before():
    network = NcnnGraph(lost=3, pad=2, least=8)

    def net(pictures):
        assert pictures.shape[2] == 8  # 3 and 4 more, of the least size
        large = pictures.repeat(2, 2).repeat(2, 3)
        return large[:, :, 3:-3, 3:-3]

    batch = np.random.default_rng(2).random((1, 3, 12, 3), np.float32)
    assert np.array_equal(adapted(net, network, 2, batch), batch.repeat(2, 1).repeat(2, 2))


def test_files_are_those_of_the_card(tmp_path):
    card = read_card(write_preset(NcnnForeign(), tmp_path / "net"))
    with pytest.raises(ValueError, match="of an ncnn network. Received: net"):
        NcnnRuntime(replace(card, network=read_card("esrn_x2").network))
    weights = card.file(card.weights)
    weights.write_bytes(weights.read_bytes() + b"0")
    with pytest.raises(ValueError, match=r"model.bin is not the file .*SHA-256"):
        choose(card)


def test_how_threads_wait_is_said_while_it_is_loaded_alone():
    code = (
        "import os; from sr_app.inference.runtime_ncnn import load_ncnn; load_ncnn();"
        "os.environ.get('OMP_WAIT_POLICY') is None or exit('it stayed')"
    )
    clean = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
    shown = {**clean, "OMP_DISPLAY_ENV": "TRUE", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=shown, capture_output=True, text=True)
    assert done.returncode == 0 and "OMP_WAIT_POLICY = 'PASSIVE'" in done.stderr, done.stderr


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    card = read_card(write_preset(NcnnForeign(), tmp_path / "net"))
    monkeypatch.setitem(sys.modules, "ncnn", None)
    with pytest.raises(MissingExtraError, match=r"ncnn extra .*sr-app\[ncnn\]"):
        choose(card)


def test_no_memory_is_a_memory_error(tmp_path):
    net = NcnnRuntime(read_card(write_preset(NcnnForeign(), tmp_path / "net"))).net

    class Refusing:
        def extract(self, name):
            return -100, None

    net.begin = lambda picture: Refusing()
    with pytest.raises(MemoryError, match=r"shape \(3, 4, 4\)"):
        net.one(np.zeros((3, 4, 4), np.float32))

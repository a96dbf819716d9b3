"""Sizes on which an ncnn network does not run are known before it is run on them."""

from __future__ import annotations

import numpy as np
import pytest

from sr_app.inference.foreign_param import read_param
from sr_app.inference.foreign_steps import Steps, broadcast
from sr_app.inference.runtime_ncnn import NcnnNet
from tests.inference.ncnn_files import NcnnForeign

pytest.importorskip("ncnn", reason="the ncnn extra is not installed")


def steps_of(path) -> Steps:
    param = read_param(path)
    ((taken,), (given,)) = param.ends()
    return Steps(NcnnNet(path, path.with_suffix(".bin"), taken, given), param)


def test_a_size_that_joins_unequal_tensors_is_not_run(tmp_path):
    """ncnn itself would read beside the smaller one and say nothing."""
    steps = steps_of(NcnnForeign(multiple=4).write(tmp_path / "net.param"))
    assert steps(np.zeros((2, 3, 8, 12), np.float32)).shape == (2, 3, 16, 24)
    assert steps.widest((8, 12)) == 8 * 12 * 12 and steps.widest((9, 9)) == 0
    with pytest.raises(RuntimeError, match="does not run on a picture of shape|joins"):
        steps(np.zeros((1, 3, 9, 12), np.float32))
    with pytest.raises(RuntimeError):  # of one channel: its first convolution has weights for three
        steps(np.zeros((1, 1, 8, 12), np.float32))


def test_what_ncnn_stretches():
    assert (
        broadcast((3, 8, 8), (3, 1, 1)) and broadcast((3, 8, 8), (3,)) and broadcast((8,), (3, 8))
    )
    assert not broadcast((3, 8, 8), (3, 8, 9)) and not broadcast((3, 8, 8), (2, 8, 8))

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

from sr_app.datasets.torch_weights import read_torch_weights
from tests.datasets.torch_files import Rebuilt, tensors_of, write_old, write_zip

RNG = np.random.default_rng(0)
ARRAYS = {
    "net.0.weight": RNG.normal(size=(4, 3, 2, 2)).astype("float32"),
    "net.0.bias": RNG.normal(size=4).astype("float16"),
    "one": np.ones((1, 1), "float32"),
}
each_format = pytest.mark.parametrize("write", [write_old, write_zip])


@each_format
def test_arrays_come_back_in_order(write, tmp_path):
    found = read_torch_weights(write(tmp_path / "w.pth", tensors_of(ARRAYS)))
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@each_format
def test_a_call_of_anything_else_is_refused_and_not_made(write, tmp_path):
    path = write(tmp_path / "w.pth", tensors_of(ARRAYS), function="os system")
    with pytest.raises(ValueError, match=r"w\.pth.*os\.system, which no weights need"):
        read_torch_weights(path)


def test_a_plain_malicious_pickle_does_nothing(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    path = tmp_path / "w.pth"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ValueError, match="which no weights need"):
        read_torch_weights(path)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "tensor",
    [
        Rebuilt("0", np.ones((2, 3), "float32"), strides=(1, 2)),
        Rebuilt("0", np.ones((2, 3), "float32"), offset=1),
        Rebuilt("0", np.ones((2, 3), "float32"), offset=-1),
    ],
    ids=["turned", "beyond the end", "before the start"],
)
def test_views_that_are_no_plain_part_are_refused(tensor, tmp_path):
    with pytest.raises(ValueError, match="not a plain part"):
        read_torch_weights(write_old(tmp_path / "w.pth", {"x": tensor}))


@each_format
def test_damaged_bytes_end_in_the_promised_error(write, tmp_path):
    path = write(tmp_path / "w.pth", tensors_of(ARRAYS))
    whole, refused = path.read_bytes(), 0
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        for bytes_now in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            path.write_bytes(bytes_now)
            try:
                read_torch_weights(path)
            except ValueError as error:
                assert str(path) in str(error)
                refused += 1
    assert refused > 60

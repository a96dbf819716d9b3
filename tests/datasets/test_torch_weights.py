from __future__ import annotations

import io
import os
import pickle
import zipfile

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


def zipped(content: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive with that as its pickle."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("x/data.pkl", content)
    return stream.getvalue()


HOSTILE = {
    "a list": (zipped(pickle.dumps(["a"])), "the type list, not a dictionary"),
    "a number": (zipped(pickle.dumps(3)), "the type int, not a dictionary"),
    "a text of a terabyte": (b"\x80\x02\x8d" + (1 << 40).to_bytes(8, "little") + b"x.", ""),
    "a frame of a terabyte": (b"\x80\x04\x95" + (1 << 40).to_bytes(8, "little") + b"].", ""),
    "objects without end": (zipped(b"\x80\x02]r\xff\xff\xff\x7f."), "2,147,483,647 objects"),
    "a compressed pickle": (zipped(b"." * 10**6, zipfile.ZIP_DEFLATED), "are compressed"),
    "an empty pickle": (zipped(b""), ""),
    "a call without a function": (zipped(b"\x80\x02)R."), ""),
    "a text called": (zipped(b"\x80\x02X\x01\0\0\0a)R."), ""),
    "a storage without a type": (zipped(b"\x80\x02X\x01\0\0\0aQ."), "no storage"),
    "nested too deep": (zipped(b"\x80\x02" + b"(" * 10**5 + b"t" * 10**5 + b"."), ""),
    "a tensor of nothing": (
        zipped(b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(NK\0))tR."),
        "the type Tensor, not a dictionary",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_the_bytes_the_promised_error_comes(name, tmp_path):
    content, reason = HOSTILE[name]
    path = tmp_path / "w.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"w\.pth as PyTorch weights: .*{reason}") as caught:
        read_torch_weights(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(300))
def test_changed_bytes_give_arrays_or_the_promised_error(seed, tmp_path):
    rng = np.random.default_rng(seed)
    path = (write_old, write_zip)[seed % 2](tmp_path / "w.pth", tensors_of(ARRAYS))
    content = bytearray(path.read_bytes())
    for place in rng.integers(min(len(content), 600), size=rng.integers(1, 5)):
        content[place] = rng.integers(256)
    path.write_bytes(content)
    try:
        found = read_torch_weights(path)
    except ValueError as error:
        assert "as PyTorch weights" in str(error)
    else:
        assert all(isinstance(array, np.ndarray) for array in found.values())


def test_cut_and_foreign_files_are_named(tmp_path):
    path = write_old(tmp_path / "w.pth", tensors_of(ARRAYS))
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"w\.pth as PyTorch weights: it ends too early"):
        read_torch_weights(path)
    path.write_bytes(b"no weights")
    with pytest.raises(ValueError, match="as PyTorch weights"):
        read_torch_weights(path)

"""Arrays out of PyTorch's weight files, read without running what a pickle may ask to run.

Both formats: the old one (four pickles, then the numbers of every storage) and the zip archive
that came after it. Only tensors, storages and dictionaries are understood; anything else in the
file is an error, never a call. Whoever reads a file has compared its digest with the published one.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "torch.DoubleStorage": np.dtype("<f8"),
    "torch.FloatStorage": np.dtype("<f4"),
    "torch.HalfStorage": np.dtype("<f2"),
    "torch.LongStorage": np.dtype("<i8"),
}


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies: the numbers themselves come after the pickle."""

    storage: tuple[np.dtype, str]  # type and key
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]  # in elements

    def array(self, storages: dict[str, np.ndarray]) -> np.ndarray:
        """The tensor's numbers; ValueError if it is not a contiguous part of its storage."""
        numbers = storages[self.storage[1]]
        count = int(np.prod(self.shape, dtype=np.int64))
        part = numbers[self.offset : self.offset + count] if self.offset >= 0 else numbers[:0]
        axes = zip(self.shape, self.strides, np.empty(self.shape, np.int8).strides, strict=True)
        follows = all(stride == plain for length, stride, plain in axes if length > 1)
        if part.size != count or (count > 1 and not follows):
            raise ValueError(f"a tensor of shape {self.shape} is not a plain part of its storage")
        return part.reshape(self.shape)


class _Reader(pickle.Unpickler):
    """An unpickler that knows a few names and refuses every other one."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            **STORAGES,
            "collections.OrderedDict": OrderedDict,
            "torch._utils._rebuild_tensor_v2": _tensor,
        }
        full = f"{module}.{name}"
        if full not in known:
            raise ValueError(f"it asks for {full}, which no weights need")
        return known[full]

    def persistent_load(self, pid: Any) -> tuple[np.dtype, str]:
        _, kind, key, *_ = pid
        return kind, str(key)


def read_torch_weights(path: Path) -> dict[str, np.ndarray]:
    """Name -> array of a file that holds a state dictionary; ValueError naming the file, if it
    holds anything but tensors or is damaged."""
    read = _read_zip if zipfile.is_zipfile(path) else _read_old
    try:
        with path.open("rb") as file:
            tensors, storages = read(file)
        return {str(name): tensor.array(storages) for name, tensor in tensors.items()}
    except ValueError as error:
        raise ValueError(f"Cannot read {path} as PyTorch weights: {error}") from error
    except Exception as error:  # a pickle of other bytes than were written ends in any error
        raise ValueError(f"Cannot read {path} as PyTorch weights: it is damaged") from error


def _tensor(storage, offset, shape, strides, requires_grad=False, hooks=None, metadata=None):
    """Stands in for the function that a tensor's pickle calls."""
    return Tensor(storage, int(offset), tuple(map(int, shape)), tuple(map(int, strides)))


def _load(file: BinaryIO) -> Any:
    return _Reader(file, encoding="utf-8").load()


def _tensors(file: BinaryIO) -> dict[Any, Tensor]:
    """The tensors of the state dictionary that comes next."""
    state = _load(file)
    return {name: value for name, value in state.items() if isinstance(value, Tensor)}


def _read_old(file: BinaryIO) -> tuple[dict[Any, Tensor], dict[str, np.ndarray]]:
    if _load(file) != MAGIC:
        raise ValueError("it does not begin as such a file does")
    for _ in ("version", "sizes of the writer's numbers"):
        _load(file)
    tensors, keys = _tensors(file), _load(file)
    kinds = {tensor.storage[1]: tensor.storage[0] for tensor in tensors.values()}
    storages = {}
    for key in map(str, keys):
        size = int.from_bytes(file.read(8), "little") * kinds[key].itemsize
        storages[key] = np.frombuffer(file.read(size), kinds[key])
    return tensors, storages


def _read_zip(file: BinaryIO) -> tuple[dict[Any, Tensor], dict[str, np.ndarray]]:
    with zipfile.ZipFile(file) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/data.pkl"))
        tensors = _tensors(io.BytesIO(archive.read(name)))
        folder = name.removesuffix(".pkl")
        kinds = {tensor.storage[1]: tensor.storage[0] for tensor in tensors.values()}
        storages = {
            key: np.frombuffer(archive.read(f"{folder}/{key}"), kind) for key, kind in kinds.items()
        }
    return tensors, storages

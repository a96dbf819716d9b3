"""PyTorch's weight files, both formats, written without PyTorch."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np


class Rebuilt:
    """A tensor as PyTorch pickles it: a call with a storage, an offset, a shape and strides."""

    def __init__(self, key: str, array: np.ndarray, offset: int = 0, strides=None):
        self.key, self.array, self.offset = key, array, offset
        self.strides = strides or tuple(s // array.itemsize for s in array.strides)


def text_pickle(tensors: dict[str, Rebuilt], function: str = "torch._utils _rebuild_tensor_v2"):
    """A protocol-2 pickle of an ordered dictionary of tensors, opcode by opcode."""
    module, name = function.split()
    parts = [b"\x80\x02ccollections\nOrderedDict\n)R("]
    for title, tensor in tensors.items():
        kind = {"float32": "FloatStorage", "float16": "HalfStorage"}[tensor.array.dtype.name]
        parts.append(unicode(title))
        parts.append(f"c{module}\n{name}\n(".encode())
        parts += [b"(", unicode("storage"), f"ctorch\n{kind}\n".encode(), unicode(tensor.key)]
        parts += [unicode("cpu"), number(tensor.array.size), b"tQ", number(tensor.offset)]
        parts += [numbers(tensor.array.shape), numbers(tensor.strides), b"\x89"]
        parts += [b"ccollections\nOrderedDict\n)RtR"]
    return b"".join([*parts, b"u."])


def unicode(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def numbers(values) -> bytes:
    return b"(" + b"".join(map(number, values)) + b"t"


def write_old(path: Path, tensors: dict[str, Rebuilt], **options) -> Path:
    """Four pickles, a list of keys, then each storage: a count and the numbers."""
    stream = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
        pickle.dump(value, stream, protocol=2)
    stream.write(text_pickle(tensors, **options))
    pickle.dump([tensor.key for tensor in tensors.values()], stream, protocol=2)
    for tensor in tensors.values():
        stream.write(struct.pack("<q", tensor.array.size) + tensor.array.tobytes())
    path.write_bytes(stream.getvalue())
    return path


def write_zip(path: Path, tensors: dict[str, Rebuilt], **options) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", text_pickle(tensors, **options))
        for tensor in tensors.values():
            archive.writestr(f"archive/data/{tensor.key}", tensor.array.tobytes())
    return path


def tensors_of(arrays: dict[str, np.ndarray]) -> OrderedDict[str, Rebuilt]:
    return OrderedDict((name, Rebuilt(str(i), a)) for i, (name, a) in enumerate(arrays.items()))

"""A decoded photo on its way between processes: bytes without any code in them.

What a process that read a stranger's file sends back is data to be doubted: numbers, texts, arrays
and a few known value objects are rebuilt from it, within its own bounds, and nothing else
(pickles, which can call functions, never cross). Large blocks lie as they are, so the receiver's
arrays are views of the memory in which they came.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from sr_app.image.cicp import Cicp
from sr_app.image.contents import ColourStatement, GainMap, Metadata
from sr_app.image.decoders import Decoded
from sr_app.image.headers import Header

Value = Any
"""None, a truth, a number, a text, bytes, an array, one of `KINDS`, or a tuple of such."""

KINDS = {
    kind.__name__: kind for kind in (Header, Decoded, ColourStatement, Cicp, Metadata, GainMap)
}
NUMBERS = ("|u1", "<u2", ">u2", "<f4")
"""Types of arrays that may come."""

_ALIGNMENT = 64
_SHORT = 200  # characters of a text that the description holds


def packed(value: Value) -> tuple[list[memoryview], int]:
    """The blocks of a message, in their order, and where its description begins: the last one."""
    blocks = _Blocks()
    text = json.dumps(blocks.described(value)).encode("ascii")
    return [*blocks.parts, memoryview(text)], blocks.length


def unpacked(memory: memoryview, start: int) -> Value:
    """The value of a message.

    Args:
        memory: all its blocks; arrays are views of it.
        start: of the description.

    Raises:
        ValueError: for anything that `packed` does not make.
    """
    if not 0 <= start <= len(memory):
        raise ValueError("a message without a description")
    try:
        return _rebuilt(json.loads(bytes(memory[start:])), memory[:start])
    except (TypeError, KeyError, IndexError, RecursionError) as error:
        raise ValueError(f"a message that cannot be read ({type(error).__name__})") from error


class _Blocks:
    def __init__(self) -> None:
        self.parts: list[memoryview] = []
        self.length = 0

    def described(self, value: Value) -> Any:
        """The value as JSON has it; its blocks are put aside."""
        if isinstance(value, bytes):
            return {"bytes": [*self._aside(memoryview(value))]}
        if isinstance(value, np.ndarray):
            block = np.ascontiguousarray(value).reshape(-1).view(np.uint8).data
            return {"array": [*self._aside(block), value.dtype.str, list(value.shape)]}
        if isinstance(value, tuple):
            return [self.described(part) for part in value]
        if is_dataclass(value) and KINDS.get(type(value).__name__) is type(value):
            inside = {f.name: self.described(getattr(value, f.name)) for f in fields(value)}
            return {"kind": type(value).__name__, "fields": inside}
        if isinstance(value, str) and len(value) > _SHORT:
            return {"text": [*self._aside(memoryview(value.encode("utf-8", "surrogatepass")))]}
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        raise TypeError(f"Expected a value of a photo. Received: {type(value).__name__}")

    def _aside(self, block: memoryview) -> tuple[int, int]:
        start = self.length
        gap = -len(block) % _ALIGNMENT
        self.parts += [block, memoryview(bytes(gap))] if gap else [block]
        self.length += len(block) + gap
        return start, len(block)


def _rebuilt(described: Any, memory: memoryview) -> Value:
    if isinstance(described, list):
        return tuple(_rebuilt(part, memory) for part in described)
    if not isinstance(described, dict):
        return described
    if "bytes" in described:
        return bytes(_part(memory, *described["bytes"]))
    if "text" in described:
        return str(_part(memory, *described["text"]), "utf-8", "surrogatepass")
    if "array" in described:
        start, length, code, shape = described["array"]
        if code not in NUMBERS:
            raise ValueError(f"Expected an array among {', '.join(NUMBERS)}. Received: {code!r}")
        return np.frombuffer(_part(memory, start, length), np.dtype(code)).reshape(shape)
    kind, inside = KINDS[described["kind"]], described["fields"]
    return kind(**{name: _rebuilt(part, memory) for name, part in inside.items()})


def _part(memory: memoryview, start: int, length: int) -> memoryview:
    if min(start, length) < 0 or start + length > len(memory):
        raise ValueError(f"a block of {length} bytes at {start} of {len(memory)}")
    return memory[start : start + length]

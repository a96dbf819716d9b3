"""Messages bring back what was put in, and nothing but data."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np
import pytest

from sr_app.image.cicp import Cicp
from sr_app.image.contents import ColourStatement, GainMap, Metadata
from sr_app.image.decoder_message import packed, unpacked
from sr_app.image.decoders import Decoded
from sr_app.image.headers import Header

RNG = np.random.default_rng(4)


def sent(value):
    blocks, start = packed(value)
    memory = memoryview(bytearray(b"".join(blocks)))
    return unpacked(memory, start), memory


def test_a_whole_photo_comes_back() -> None:
    pixels = RNG.integers(0, 65536, (7, 5, 4), np.uint16)
    small = RNG.integers(0, 256, (3, 2, 1), np.uint8)
    decoded = Decoded(
        pixels, b"profile", None, (72.0, 300.5), ("a warning", "é \udc80", "ü\0\udc80" * 200),
        ColourStatement(Cicp(9, 16), 0.45455, (0.3127, 0.329)),
        Metadata(b"<x/>", b"\x1c\x02", ("words",), (("key", "text"),), (7, 5)),
        GainMap(small, (7, 5), b"packet"),
    )  # fmt: skip
    (header, again), _ = sent((Header("png", 5, 7, 1, 16), decoded))
    assert header == Header("png", 5, 7, 1, 16)
    np.testing.assert_array_equal(again.pixels, pixels)
    assert again.pixels.dtype == np.uint16
    np.testing.assert_array_equal(again.gain_map.pixels, small)
    plain = ("profile", "exif", "dpi", "warnings", "colour", "metadata")
    assert all(getattr(again, name) == getattr(decoded, name) for name in plain)
    assert again.gain_map.size == (7, 5)


def test_arrays_are_views_of_the_memory() -> None:
    value, memory = sent(RNG.integers(0, 256, (9, 3), np.uint8))
    memory[0] = (int(value[0, 0]) + 1) % 256
    assert value[0, 0] == memory[0]
    assert sent((np.empty((0, 3), np.uint8), b""))[0][0].shape == (0, 3)


def test_what_is_no_part_of_a_photo_is_not_packed() -> None:
    for value in (print, object(), {"a": 1}, [1], np.datetime64("2026-01-01")):
        with pytest.raises(TypeError, match="Expected a value of a photo"):
            packed(value)


@pytest.mark.parametrize(
    "described",
    [
        {"kind": "Path", "fields": {}},
        {"kind": "Header", "fields": {"format": "png", "command": "x"}},
        {"kind": "Header", "fields": {}},
        {"array": [0, 8, "|O", [1]]},
        {"array": [0, 8, "|u1", [9]]},
        {"array": [0, 99, "|u1", [99]]},
        {"array": [-8, 8, "|u1", [8]]},
        {"bytes": [4, 1 << 60]},
        {"bytes": [0]},
        {"other": 1},
    ],
)
def test_what_packed_does_not_make_is_refused(described) -> None:
    data = bytes(8) + json.dumps(described).encode()
    with pytest.raises(ValueError):
        unpacked(memoryview(data), 8)


def test_damaged_messages_are_value_errors_or_values() -> None:
    blocks, start = packed((Header("png", 5, 7, 1), b"12345678", np.zeros((2, 2), np.uint8)))
    whole = b"".join(blocks)
    for _ in range(300):
        altered = bytearray(whole)
        altered[int(RNG.integers(start, len(whole)))] = int(RNG.integers(256))
        with suppress(ValueError):
            unpacked(memoryview(bytes(altered)), start)
    with pytest.raises(ValueError, match="without a description"):
        unpacked(memoryview(whole), len(whole) + 1)

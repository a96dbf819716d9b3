"""Whether an ICC profile is one that code points name: the usual spaces of screens and cameras."""

from __future__ import annotations

import struct

import numpy as np

from sr_app.image.cicp import CURVES, PRIMARIES, Cicp
from sr_app.image.icc_writer import Curve, rgb_profile

_SAMPLES = np.linspace(0, 1, 33)
_COLOURS = (b"rXYZ", b"gXYZ", b"bXYZ")
_CURVES = (b"rTRC", b"gTRC", b"bTRC")
_CLOSE_COLOUR, _CLOSE_LIGHT = 0.003, 0.004
_PRIMARIES, _TRANSFERS = (1, 12, 9), (13, 8, 1, 4)
# ICC.1:2022, table 70: how many numbers the types of parametric curves that are known have.
_COUNTS = {0: 1, 3: 5}


def cicp_of_profile(profile: bytes) -> Cicp | None:
    """Primaries and curve of an RGB or grey profile by number; None for any other.

    Damaged profiles, those with tables and those whose colours have curves of their own, as
    measured screens have, count as others.
    """
    try:
        tags = _tags(profile)
        columns = [_place(tags[tag]) for tag in _COLOURS] if b"rXYZ" in tags else None
        curves = [_light(tags[tag]) for tag in (_CURVES if columns else (b"kTRC",))]
    except (KeyError, ValueError, struct.error, IndexError):
        return None
    if any(tag.startswith(b"A2B") for tag in tags):
        return None
    transfer = next((n for n in _TRANSFERS if _near(curves, evaluated(CURVES[n]))), None)
    primaries = next((n for n in _PRIMARIES if columns is None or _same(columns, n)), None)
    if transfer is None or primaries is None:
        return None
    return Cicp(primaries, transfer)


def evaluated(curve: Curve) -> np.ndarray:
    """Light at 33 even steps of the display value."""
    if len(curve) == 1:
        return _SAMPLES ** curve[0]
    g, a, b, c, d = curve
    return np.where(d <= _SAMPLES, np.maximum(a * _SAMPLES + b, 0) ** g, c * _SAMPLES)


def _near(curves: list[np.ndarray], other: np.ndarray) -> bool:
    return bool(np.abs(np.array(curves) - other).max() < _CLOSE_LIGHT)


def _same(columns: list[np.ndarray], number: int) -> bool:
    known = _tags(rgb_profile("", CURVES[13], PRIMARIES[number]))
    expected = [_place(known[tag]) for tag in _COLOURS]
    return bool(np.abs(np.array(columns) - np.array(expected)).max() < _CLOSE_COLOUR)


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, 128)
    found = {}
    for n in range(min(count, 100)):
        tag, start, size = struct.unpack_from(">4sII", profile, 132 + 12 * n)
        found[tag] = profile[start : start + size]
    return found


def _place(data: bytes) -> np.ndarray:
    return np.array(struct.unpack_from(">3i", data, 8)) / 65536


def _light(data: bytes) -> np.ndarray:
    if data[:4] == b"curv":
        (count,) = struct.unpack_from(">I", data, 8)
        if count == 0:
            return _SAMPLES
        if count == 1:
            return evaluated((struct.unpack_from(">H", data, 12)[0] / 256,))
        table = np.frombuffer(data, ">u2", count, 12) / 65535
        return np.interp(_SAMPLES, np.linspace(0, 1, count), table)
    kind = struct.unpack_from(">H", data, 8)[0] if data[:4] == b"para" else None
    if kind not in _COUNTS:
        raise ValueError("a curve of another kind")
    numbers = struct.unpack_from(f">{_COUNTS[kind]}i", data, 12)
    return evaluated(tuple(number / 65536 for number in numbers))

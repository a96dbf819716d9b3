"""ICC profiles of three primaries and one curve, or of grey with one (ICC.1:2022, version 4.3)."""

from __future__ import annotations

import struct

import numpy as np

Curve = tuple[float, ...]
"""From display values to light, both in [0, 1]: an exponent alone, or g, a, b, c, d: (a x + b)^g
from d on, c x below (ICC.1:2022, 10.18, function type 3)."""

_D50 = np.array([0.9642, 1.0, 0.8249])
# Bradford's cone responses (ICC.1:2022, annex E).
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_TINY = 1e-6


def rgb_profile(name: str, curve: Curve, chromaticities: tuple[float, ...]) -> bytes:
    """A display profile.

    Args:
        chromaticities: x and y of white, red, green and blue.

    Raises:
        ValueError: if these span no colours.
    """
    white = chromaticities[0], chromaticities[1]
    primaries = [chromaticities[n : n + 2] for n in range(2, 8, 2)]
    to_d50 = _adaptation(white)
    lights = np.array([_light(*xy) for xy in primaries]).T
    if abs(np.linalg.det(lights)) < _TINY:
        raise ValueError(f"chromaticities that span no colours: {chromaticities}")
    columns = to_d50 @ (lights * np.linalg.solve(lights, _light(*white)))
    parts = {b"chad": _numbers(b"sf32", to_d50.ravel())}
    for letter, column in zip(b"rgb", columns.T, strict=True):
        parts[bytes([letter]) + b"XYZ"] = _numbers(b"XYZ ", column)
        parts[bytes([letter]) + b"TRC"] = _curve(curve)
    return _profile(b"RGB ", name, parts)


def grey_profile(name: str, curve: Curve, white: tuple[float, float]) -> bytes:
    """A display profile of one channel."""
    parts = {b"chad": _numbers(b"sf32", _adaptation(white).ravel()), b"kTRC": _curve(curve)}
    return _profile(b"GRAY", name, parts)


def _light(x: float, y: float) -> np.ndarray:
    if not (0 <= x <= 1 and _TINY < y <= 1):
        raise ValueError(f"no chromaticity: {x}, {y}")
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adaptation(white: tuple[float, float]) -> np.ndarray:
    ratio = (_BRADFORD @ _D50) / (_BRADFORD @ _light(*white))
    return np.linalg.inv(_BRADFORD) @ np.diag(ratio) @ _BRADFORD


def _profile(space: bytes, name: str, parts: dict[bytes, bytes]) -> bytes:
    parts = {
        b"desc": _text(name),
        b"cprt": _text("CC0"),
        b"wtpt": _numbers(b"XYZ ", _D50),
        **parts,
    }
    table, body = struct.pack(">I", len(parts)), b""
    places: dict[bytes, int] = {}  # equal values are stored once
    start = 128 + 4 + 12 * len(parts)
    for tag, data in parts.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += tag + struct.pack(">II", places[data], len(data))
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x04300000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    illuminant = _fixed(_D50)
    return head.ljust(68, b"\0") + illuminant + bytes(48) + table + body


def _text(text: str) -> bytes:
    data = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(data), 28) + data


def _curve(curve: Curve) -> bytes:
    # Type 0 of the parametric curves is y = x^g, finer than the 1/256 steps of "curv".
    return b"para" + struct.pack(">4xHxx", 0 if len(curve) == 1 else 3) + _fixed(curve)


def _numbers(kind: bytes, values: np.ndarray) -> bytes:
    return kind + bytes(4) + _fixed(values)


def _fixed(values: np.ndarray | tuple[float, ...]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(v) * 65536) for v in values))

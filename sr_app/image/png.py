"""PNG with 8 or 16 bits per channel, written band by band and deflated side by side.

Pillow writes 16 bits for grey alone, OpenCV knows no grey with alpha, and both want the whole
picture; so the file is built here, chunk by chunk (W3C PNG specification, third edition, sections
5, 9 and 11). Every band is deflated for itself in a thread of its own and ends on a whole byte, so
that the pieces make one stream (RFC 1951, section 3.2.4: an empty stored block).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import numpy as np

from sr_app.image.row_bands import BandWriter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> grey, grey + alpha, RGB, RGB + alpha
# Measured: a quarter of a mebibyte stays in the cache, sixteen times more costs half as much again.
_FILTER_BYTES = 1 << 18
_BAND_BYTES = 1 << 20
_LONGEST = 2**31 - 1
_SAMPLE_BYTES = 1 << 16
_RUNS, _REPEATS = (1, zlib.Z_RLE), (4, zlib.Z_DEFAULT_STRATEGY)  # level and strategy
_SMALL = (_RUNS, (9, zlib.Z_DEFAULT_STRATEGY), (9, zlib.Z_FILTERED))


class PngWriter(BandWriter):
    """Writes a PNG's rows as they come; the file's bytes do not depend on how they come.

    Args:
        shape: (height, width, channels) of the picture; 1 to 4 channels, an even number ends in
            alpha.
        bits: 8 or 16.
        ahead: names and data of other chunks that come before the pixels.
        small: deflate as well as zlib can, which takes many times as long. Otherwise a sample of
            each band tells whether looking for runs alone is enough, as it is on photographs.
    """

    def __init__(
        self,
        stream: BinaryIO,
        shape: tuple[int, int, int],
        bits: int,
        *,
        profile: bytes | None = None,
        exif: bytes | None = None,
        dpi: tuple[float, float] | None = None,
        ahead: tuple[tuple[bytes, bytes], ...] = (),
        small: bool = False,
    ):
        height, width, channels = shape
        self._step = channels * bits // 8
        super().__init__(max(1, _BAND_BYTES // (width * self._step)))
        self._stream, self._small = stream, small
        self._above = np.zeros(width * self._step, np.uint8)
        self._checksum = zlib.adler32(b"")
        stream.write(SIGNATURE)
        kind = _COLOUR_TYPES[channels]
        stream.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)))
        for name, data in ahead:
            stream.write(chunk(name, data))
        if profile:
            # Name, end of name, method 0, stream: the name is free, decoders read the profile only.
            stream.write(chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile)))
        if dpi:
            stream.write(chunk(b"pHYs", struct.pack(">IIB", *(round(d / 0.0254) for d in dpi), 1)))
        if exif:
            stream.write(chunk(b"eXIf", exif))
        stream.write(chunk(b"IDAT", b"\x78\x5e"))  # zlib's own header (RFC 1950, section 2.2)

    def _begin(self, band: np.ndarray) -> Callable[[], tuple[bytes, bytes]]:
        above, self._above = self._above, _row_bytes(band[-1:])[0].copy()
        return partial(_packed, band, above, self._step, self._small)

    def _append(self, result: tuple[bytes, bytes]) -> None:
        filtered, data = result
        self._checksum = zlib.adler32(filtered, self._checksum)
        self._stream.write(chunk(b"IDAT", data))

    def _end(self) -> None:
        # An empty last block with fixed codes (RFC 1951, section 3.2.6), then the check value.
        self._stream.write(chunk(b"IDAT", b"\x03\0" + struct.pack(">I", self._checksum)))
        self._stream.write(chunk(b"IEND", b""))


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk with its length and checksum. ValueError beyond 2 GiB."""
    if len(data) > _LONGEST:
        raise ValueError(f"a PNG chunk holds 2 GiB at most, {name.decode()} has {len(data)} bytes")
    checksum = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def _packed(band: np.ndarray, above: np.ndarray, step: int, small: bool) -> tuple[bytes, bytes]:
    """A band's filtered bytes, and the same deflated."""
    rows = _row_bytes(band)
    part = max(1, _FILTER_BYTES // rows.shape[1])
    filtered = []
    for start in range(0, len(rows), part):
        piece = rows[start : start + part]
        filtered.append(_filtered(piece, rows[start - 1] if start else above, step).tobytes())
    data = b"".join(filtered)
    if small:
        return data, min((_deflated(data, *how) for how in _SMALL), key=len)
    middle = max(0, len(data) - _SAMPLE_BYTES) // 2
    sample = data[middle : middle + _SAMPLE_BYTES]
    how = min((_RUNS, _REPEATS), key=lambda each: len(_deflated(sample, *each)))
    return data, _deflated(data, *how)


def _deflated(data: bytes, level: int, strategy: int) -> bytes:
    """A raw piece of a stream that ends on a whole byte and refers to nothing before it."""
    squeeze = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, strategy)
    return squeeze.compress(data) + squeeze.flush(zlib.Z_SYNC_FLUSH)


def _row_bytes(band: np.ndarray) -> np.ndarray:
    """(n, W, C) as the file has it, most significant byte first: (n, bytes)."""
    band = band.astype(band.dtype.newbyteorder(">"), order="C", copy=False)
    return band.reshape(len(band), -1).view(np.uint8)


def _filtered(rows: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    """Rows of bytes with the filter in front that makes each smallest (section 12.7).

    rows: (n, bytes); above: the row before the first; step: bytes of a pixel.
    """
    up = np.vstack([above[None], rows[:-1]])
    left = _shifted(rows, step)
    kinds = {1: left, 2: up, 4: _paeth(left, up, _shifted(up, step))}
    best = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    smallest = np.full(len(rows), np.inf)
    for kind, guess in kinds.items():
        rest = rows - guess
        # Bytes count as signed: 255 is as near to the guess as 1.
        cost = np.abs(rest.view(np.int8).astype(np.int16)).sum(axis=1, dtype=np.float64)
        better = cost < smallest
        best[better, 0] = kind
        best[better, 1:] = rest[better]
        smallest[better] = cost[better]
    return best


def _shifted(rows: np.ndarray, step: int) -> np.ndarray:
    shifted = np.zeros_like(rows)
    shifted[:, step:] = rows[:, :-step]
    return shifted


def _paeth(left: np.ndarray, up: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """Of left, up and corner the one nearest to left + up - corner; ties in this order (9.4)."""
    a, b, c = (part.astype(np.int16) for part in (left, up, corner))
    to_a, to_b, to_c = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where((to_a <= to_b) & (to_a <= to_c), a, np.where(to_b <= to_c, b, c))
    return nearest.astype(np.uint8)

"""PNG with 16 bits per channel, its ICC profile and its EXIF: what Pillow and OpenCV leave out.

Pillow writes 16 bits for grey alone, OpenCV knows no grey with alpha; so the file is built here,
chunk by chunk (W3C PNG specification, third edition, sections 5, 9 and 11).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> grey, grey + alpha, RGB, RGB + alpha
# Measured: a quarter of a mebibyte stays in the cache, sixteen times more costs half as much again.
_BAND_BYTES = 1 << 18
_LONGEST = 2**31 - 1


def write_png(
    stream: BinaryIO,
    pixels: np.ndarray,
    *,
    profile: bytes | None = None,
    exif: bytes | None = None,
    dpi: tuple[float, float] | None = None,
    level: int = 4,
) -> None:
    """Write (H, W, 1 to 4) uint8 or uint16 pixels; besides them one band of rows is held."""
    if pixels.ndim != 3 or pixels.shape[2] not in _COLOUR_TYPES or 0 in pixels.shape:
        raise ValueError(f"PNG holds (H, W, 1 to 4), received {pixels.shape}")
    if pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"PNG holds uint8 or uint16, received {pixels.dtype}")
    height, width, channels = pixels.shape
    depth = 8 * pixels.dtype.itemsize
    stream.write(SIGNATURE)
    header = struct.pack(">IIBBBBB", width, height, depth, _COLOUR_TYPES[channels], 0, 0, 0)
    _chunk(stream, b"IHDR", header)
    if profile:
        # Name, end of name, method 0, stream: the name is free, decoders read the profile only.
        _chunk(stream, b"iCCP", b"icc\0\0" + zlib.compress(profile))
    if dpi:
        _chunk(stream, b"pHYs", struct.pack(">IIB", *(round(d / 0.0254) for d in dpi), 1))
    if exif:
        _chunk(stream, b"eXIf", exif)
    for data in _compressed(pixels, level):
        _chunk(stream, b"IDAT", data)
    _chunk(stream, b"IEND", b"")


def _chunk(stream: BinaryIO, name: bytes, data: bytes) -> None:
    if len(data) > _LONGEST:
        raise ValueError(f"a PNG chunk holds 2 GiB at most, {name.decode()} has {len(data)} bytes")
    checksum = zlib.crc32(data, zlib.crc32(name))
    stream.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum))


def _compressed(pixels: np.ndarray, level: int) -> Iterator[bytes]:
    height, width, channels = pixels.shape
    step = channels * pixels.dtype.itemsize
    squeeze = zlib.compressobj(level)
    above = np.zeros(width * step, np.uint8)
    rows = max(1, _BAND_BYTES // (width * step))
    for start in range(0, height, rows):
        band = pixels[start : start + rows]
        band = band.astype(band.dtype.newbyteorder(">")).reshape(len(band), -1).view(np.uint8)
        data = squeeze.compress(_filtered(band, above, step).tobytes())
        above = band[-1]
        if data:
            yield data
    yield squeeze.flush()


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


def read_essentials(data: bytes) -> tuple[bytes, int, tuple[int, ...] | None]:
    """The file with nothing but its pixels, its colour type, and its 16-bit colour key.

    Checksums are verified and the end must be there: OpenCV shrugs both off, and writes its
    doubts about other chunks to the terminal. ValueError when the file is damaged.
    """
    parts, key, position = [SIGNATURE], None, len(SIGNATURE)
    while True:
        if position + 12 > len(data):
            raise ValueError("the file ends too early")
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        name, payload = data[position + 4 : position + 8], data[position + 8 : end - 4]
        if end > len(data) or zlib.crc32(name + payload) != int.from_bytes(data[end - 4 : end]):
            raise ValueError(f"the {name.decode('latin-1')} chunk is incomplete or altered")
        if name in (b"IHDR", b"IDAT", b"IEND"):
            parts.append(data[position:end])
        if name == b"tRNS":
            key = struct.unpack(f">{length // 2}H", payload[: length // 2 * 2])
        if name == b"IEND":
            return b"".join(parts), data[25], key
        position = end

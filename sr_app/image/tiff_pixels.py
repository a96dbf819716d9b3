"""The pixels of a TIFF, strip by strip or tile by tile, in every layout that photos come in.

A codec is asked for bytes alone, and for as many as the header promises: layout, order of bytes,
differences and planes are undone here, where each is stated (TIFF 6.0, sections 8 to 15).
"""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable

import numpy as np

from sr_app.image.tiff_directory import Directory, Layout

Codec = Callable[[bytes, int], bytes]
"""Data, and how many bytes they are to become -> the bytes."""

NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS, LZMA, ZSTD = 1, 5, 8, 32946, 32773, 34925, 50000
HORIZONTAL, FLOATING = 2, 3
_LZMA_MEMORY = 128 << 20  # its strongest preset takes 65 MB

_RATIOS = {DEFLATE: 1032, OLD_DEFLATE: 1032, LZW: 3072, PACKBITS: 64}
"""Bytes that a byte of a codec can stand for: 4096 strings of up to 4096 bytes by 9 to 12 bits."""


def decode_pixels(directory: Directory, layout: Layout, channels: int) -> np.ndarray:
    """The first `channels` samples of every pixel: (H, W, channels) uint8, uint16 or float.

    ValueError for damaged data, and for a layout that is not known.
    """
    decoder, kind = CODECS[layout.compression], number_type(layout)
    result = np.empty((layout.height, layout.width, channels), kind.newbyteorder("="))
    stored = 1 if layout.planar else layout.samples
    for place, (start, size) in enumerate(layout.places):
        plane, place = divmod(place, layout.across * layout.down)
        if layout.planar and plane >= channels:
            break
        rows, columns = layout.piece
        top, left = rows * (place // layout.across), columns * (place % layout.across)
        if not layout.tiled:
            rows = min(rows, layout.height - top)
        expected = rows * columns * stored * kind.itemsize
        size = max(size, expected) if layout.compression == NONE else size
        if size * _RATIOS.get(layout.compression, expected) + 1024 < expected:
            raise ValueError(f"{size} bytes of a strip or tile cannot hold its {expected}")
        data = decoder(directory.data[start : start + size], expected)
        if len(data) < expected:
            raise ValueError(f"expected a strip or tile of {expected} bytes. Received: {len(data)}")
        values = _values(data, (rows, columns, stored), kind, layout)
        area = result[top : top + rows, left : left + columns]
        if layout.planar:
            area[..., plane] = values[: area.shape[0], : area.shape[1], 0]
        else:
            area[...] = values[: area.shape[0], : area.shape[1], :channels]
    return result


def number_type(layout: Layout) -> np.dtype:
    """Type of the numbers as stored, in the machine's order until a file's is known."""
    code = {1: "u", 2: "i", 3: "f"}.get(layout.kind, "u")
    return np.dtype(f"{code}{layout.bits // 8}")


def _values(data: bytes, shape: tuple[int, int, int], kind: np.dtype, layout: Layout) -> np.ndarray:
    count = shape[0] * shape[1] * shape[2]
    if layout.predictor == FLOATING:
        return _from_byte_planes(data, shape, kind)
    if layout.predictor == HORIZONTAL:  # of the bits as numbers, floating point's too
        whole = f"u{kind.itemsize}"
        values = np.frombuffer(data, layout.order + whole, count).reshape(shape)
        return np.cumsum(values, axis=1, dtype=whole).view(kind)  # modulo the number range
    return np.frombuffer(data, layout.order + kind.str[1:], count).reshape(shape)


def _from_byte_planes(data: bytes, shape: tuple[int, int, int], kind: np.dtype) -> np.ndarray:
    """Adobe's predictor 3: bytes of a row sorted by their weight, then differences of bytes."""
    rows, columns, samples = shape
    bytes_of = np.frombuffer(data, np.uint8, rows * columns * samples * kind.itemsize)
    lines = bytes_of.reshape(rows, -1, samples)
    lines = np.cumsum(lines, axis=1, dtype=np.uint8)
    planes = lines.reshape(rows, kind.itemsize, columns * samples)
    whole = np.ascontiguousarray(planes.transpose(0, 2, 1))
    return whole.view(kind.newbyteorder(">")).reshape(shape)


def _imagecodecs(name: str, spare: int = 0) -> Codec:
    """A codec of that library, which is told how many bytes to expect."""

    def decode(data: bytes, expected: int) -> bytes:
        import imagecodecs

        return bytes(getattr(imagecodecs, name)(data, out=expected + spare))

    return decode


def _inflate(data: bytes, expected: int) -> bytes:
    return zlib.decompressobj().decompress(data, expected)


def _lzma(data: bytes, expected: int) -> bytes:
    return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY).decompress(data, expected)


CODECS: dict[int, Codec] = {
    NONE: lambda data, expected: data[:expected],
    LZW: _imagecodecs("lzw_decode"),
    DEFLATE: _inflate,
    OLD_DEFLATE: _inflate,
    PACKBITS: _imagecodecs("packbits_decode", spare=256),  # the last run may go beyond
    LZMA: _lzma,
    ZSTD: _imagecodecs("zstd_decode"),
}
COMPRESSIONS = {
    2: "CCITT", 3: "CCITT fax 3", 4: "CCITT fax 4", 6: "old JPEG", 7: "JPEG", 32809: "ThunderScan",
    33003: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG", 34933: "PNG",
    50001: "WebP", 50002: "JPEG XL", 52546: "JPEG XL",
}  # fmt: skip

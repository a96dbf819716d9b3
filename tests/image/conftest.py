"""What photos carry, made by the tests themselves: EXIF blocks and ICC profiles."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageCms

Exif = Callable[..., bytes]

CASES = next(
    (p / "shared/cases" for p in Path(__file__).resolve().parents if (p / "shared/cases").is_dir()),
    Path("nowhere"),
)
"""Problem files that lie beside a checkout, where somebody put them."""


@pytest.fixture
def exif() -> Exif:
    """`exif(6)`: a block with orientation 6, camera, date, maker note, sizes and place."""

    def make(orientation: int = 1, order: str = "<", maker: bytes = b"\1\2\3maker note") -> bytes:
        block = Image.Exif()
        block.endian = order
        block[271], block[305] = "Camera & Sons", "Firmware 1.0"
        block[274] = orientation
        photo, place = block.get_ifd(34665), block.get_ifd(34853)
        photo[36867], photo[37500] = "2020:02:29 12:00:00", maker
        photo[40962], photo[40963] = 4000, 3000
        place[1], place[2] = "N", (48.0, 51.0, 29.6)
        return block.tobytes().removeprefix(b"Exif\0\0")

    return make


@pytest.fixture
def tags() -> Callable[[bytes | None], dict[int, object]]:
    """All tags of a block, those of its EXIF and GPS directories included, read by Pillow."""

    def read(block: bytes | None) -> dict[int, object]:
        exif = Image.Exif()
        exif.load(block or b"")
        return {**exif, **exif.get_ifd(34665), **exif.get_ifd(34853)}

    return read


@pytest.fixture(scope="session")
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def grey_profile(srgb_profile: bytes) -> bytes:
    """A block whose header says grey; nothing here evaluates its curves."""
    return srgb_profile[:16] + b"GRAY" + srgb_profile[20:]


@pytest.fixture(scope="session")
def ink_profile() -> bytes:
    """A CMYK profile with strange inks, so that its use shows: "cyan" prints red, "black" prints.

    An 8-bit lookup table of the 16 corners of CMYK in Lab (ICC.1:2001-04, 6.5.8), L 100 for paper,
    0 for black ink, and (54, 81, 70), sRGB's red, for cyan ink alone.
    """
    corners = []
    for c, m, y, k in np.ndindex(2, 2, 2, 2):
        lightness = 0 if k else 54 if c else 100 - 20 * (m + y)
        a, b = (81, 70) if c and not k else (0, 0)
        corners += [round(lightness * 2.55), a + 128, b + 128]
    identity = struct.pack(">9i", *(65536 * int(i % 4 == 0) for i in range(9)))
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity
    table += ramp * 4 + bytes(corners) + ramp * 3
    text = b"text" + bytes(4) + b"test\0\0\0\0"
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    parts = {b"A2B0": table + bytes(-len(table) % 4), b"cprt": text, b"wtpt": white}
    head, body, offset = struct.pack(">I", len(parts)), b"", 128 + 4 + 12 * len(parts)
    for name, data in parts.items():
        head += name + struct.pack(">II", offset + len(body), len(data))
        body += data
    size = 128 + len(head) + len(body)
    header = struct.pack(">I4xI", size, 0x02400000) + b"prtrCMYKLab " + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + head + body


@pytest.fixture(scope="session")
def scene() -> np.ndarray:
    """A piece of a photograph, uint8 (61, 83, 3): odd sizes, strong colours."""
    return skimage.data.astronaut()[40:101, 180:263].copy()

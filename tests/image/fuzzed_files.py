"""Valid small files of every kind that is read, and what chance makes of them.

`python -m benchmarks.decoding fuzz 10000` reads so many and tells the slowest and the largest.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from sr_app.image.contents import GainMap, Metadata
from sr_app.image.files import Photo, PhotoError, read_photo, write_photo
from tests.image.heic_files import EIGHT_BITS, TEN_BITS
from tests.image.sibling_files import siblings
from tests.image.test_gain_map import PACKET
from tests.image.test_isobmff_gain_map import auxiliary, derived

MAX_PIXELS = 1_000_000


@cache
def seeds() -> dict[str, bytes]:
    """Name with its suffix -> a valid file."""
    rng = np.random.default_rng(7)
    smooth = np.linspace(0, 1, 40 * 56 * 3).reshape(40, 56, 3)
    rgb = (0.8 * smooth + 0.2 * rng.random((40, 56, 3))).astype(np.float32)
    alpha = np.linspace(0, 1, 40 * 56, dtype=np.float32).reshape(40, 56)
    block = Image.Exif()
    block[271], block[274] = "Camera", 1
    block.get_ifd(34853)[2] = (48.0, 51.0, 29.6)
    exif = block.tobytes().removeprefix(b"Exif\0\0")
    metadata = Metadata(b"<x:xmpmeta/>", b"\x1c\x02\x78\0\5hello", ("words",), (("key", "text"),))
    plain = {"exif": exif, "metadata": metadata, "dpi": (300.0, 300.0)}
    photos = {"": Photo(rgb, **plain), "_alpha": Photo(rgb, alpha, **plain)}
    photos["_deep"] = Photo(rgb, bits=16, **plain)
    found = {"eight.heic": EIGHT_BITS, "ten.heic": TEN_BITS}
    with tempfile.TemporaryDirectory() as folder:
        for name, photo in photos.items():
            for suffix in ("jpg", "png", "webp", "tif", "avif", "jxl", "bmp"):
                path = Path(folder) / f"a{name}.{suffix}"
                write_photo(photo, path)
        mapped = GainMap(np.full((20, 28, 1), 9, np.uint8), (40, 56), PACKET)
        for suffix in ("jpg", "avif", "jxl"):
            write_photo(Photo(rgb, gain_map=mapped), Path(folder) / f"map.{suffix}")
        for suffix in ("avif", "heic"):
            derived(Path(folder) / f"derived.{suffix}")
            auxiliary(Path(folder) / f"auxiliary.{suffix}")
        found |= {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    found |= {f"sibling_{each.name}": each.data for each in siblings()}
    return found | _others((255 * rgb + 0.5).astype(np.uint8), (65535 * rgb).astype(np.uint16))


def _others(pixels: np.ndarray, deep: np.ndarray) -> dict[str, bytes]:
    found = {}
    image = Image.fromarray(pixels)
    for name, options in {
        "progressive.jpg": {"progressive": True}, "moving.gif": {},
        "lzw.tif": {"compression": "tiff_lzw"},
        "jpeg.tif": {"compression": "jpeg"}, "moving.avif": {}, "lossy.webp": {},
    }.items():  # fmt: skip
        stream = io.BytesIO()
        moving = {"save_all": True, "append_images": [image] * 2} if "moving" in name else {}
        kind = {"jpg": "jpeg", "tif": "tiff"}.get(name[-3:], name.rpartition(".")[2])
        image.save(stream, kind, **options, **moving)
        found[name] = stream.getvalue()
    for name, options in {
        "planes.tif": {"planarconfig": "separate", "compression": "lzw"},
        "tiles.tif": {"tile": (16, 16), "compression": "zstd", "predictor": True},
        "large.tif": {"bigtiff": True, "byteorder": ">", "compression": "packbits"},
    }.items():
        stream = io.BytesIO()
        data = deep.transpose(2, 0, 1) if "planarconfig" in options else deep
        tifffile.imwrite(stream, data, photometric="rgb", **options)
        found[name] = stream.getvalue()
    found["ten.avif"] = imagecodecs.avif_encode(deep >> 6, bitspersample=10)
    found["lossy.jxl"] = imagecodecs.jpegxl_encode(pixels, distance=1.0, lossless=False)
    return found


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """The file with some of it flipped, overwritten, cut, doubled, moved or left out."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        size = len(changed)
        if size < 8:
            break
        head = size if rng.random() < 0.4 else min(size, 400)
        at, length = int(rng.integers(0, head)), int(rng.integers(1, 64))
        kind = rng.integers(0, 7)
        if kind == 0:
            changed[at] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1:
            changed[at : at + 4] = rng.bytes(4)
        elif kind == 2:
            changed[at : at + 4] = b"\xff\xff\xff\xff" if rng.random() < 0.5 else bytes(4)
        elif kind == 3:
            changed = changed[: int(rng.integers(1, size))]
        elif kind == 4:
            changed[at:at] = changed[at : at + length]
        elif kind == 5:
            del changed[at : at + length]
        else:
            other = int(rng.integers(0, size))
            changed[at : at + length] = changed[other : other + length]
    return bytes(changed)


def fuzzed(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of so many files, every kind by turns."""
    valid, rng = seeds(), np.random.default_rng(seed)
    names = sorted(valid)
    for number in range(count):
        name = names[number % len(names)]
        yield name, mutated(valid[name], rng)


def read(path: Path) -> str:
    """What became of a file: "read", or the beginning of the refusal."""
    try:
        photo = read_photo(path, max_pixels=MAX_PIXELS)
    except PhotoError as error:
        text = str(error)
        if "\n" in text or not text.startswith(str(path)):
            raise AssertionError(f"not one line that names the file: {text!r}") from None
        return text.removeprefix(f"{path}: ").partition(" ")[0]
    low, high = float(photo.rgb.min()), float(photo.rgb.max())
    if not (0 <= low and high <= 1):
        raise AssertionError(f"values from {low} to {high}")
    return "read"

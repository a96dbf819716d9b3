"""Valid files in every layout that can be written here, with their pixels.

The pixels are what went into the encoder, or follow from it by a rule of the format; where an
encoder loses something, a tolerance says how much.
"""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Callable, Iterator

import imagecodecs
import numpy as np
import tifffile
from PIL import Image

from sr_app.image.png import SIGNATURE
from tests.image.hostile_files import LONG, SHORT, chunk, tiff
from tests.image.sibling_boxes import avifs, grids, heics
from tests.image.siblings import HEIGHT, WIDTH, Sibling, saved, scene


def siblings() -> Iterator[Sibling]:
    """All of them."""
    for family in FAMILIES:
        yield from family()


def tiffs() -> Iterator[Sibling]:
    """Planes and pixels, codecs, strips and tiles, orders of bytes, kinds of colour."""
    codecs = [None, "lzw", "deflate", "zstd", "packbits", "lzma"]
    kinds = {"minisblack": 1, "rgb": 3, "rgba": 4, "greya": 2}
    for codec, bits, (kind, channels), planar in itertools.product(
        codecs, (8, 16), kinds.items(), (False, True)
    ):
        if planar and channels == 1:
            continue
        pixels = scene(bits, channels)
        options: dict = {"photometric": "minisblack" if channels < 3 else "rgb"}
        if channels in (2, 4):
            options["extrasamples"] = ["unassalpha"]
        if planar:
            options["planarconfig"] = "separate"
        number = len(codec or "") + bits + channels
        if number % 2:
            options["tile"] = (16, 16)
        else:
            options["rowsperstrip"] = 7
        if codec in ("lzw", "deflate", "zstd") and number % 3 == 0:
            options["predictor"] = True
        options["byteorder"] = ">" if number % 4 == 1 else "<"
        options["bigtiff"] = number % 5 == 0
        yield Sibling(
            f"{codec}_{bits}_{kind}{'_planes' * planar}.tif",
            tiff_of(pixels.transpose(2, 0, 1) if planar else pixels, compression=codec, **options),
            pixels,
        )


def tiff_of(pixels: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    if pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    tifffile.imwrite(stream, pixels, metadata=None, **options)
    return stream.getvalue()


def odd_tiffs() -> Iterator[Sibling]:
    """Tiles of a pixel, few bits, floats, palettes, white as zero, multiplied alpha, inks."""
    for bits in (8, 16):
        pixels = scene(bits)
        yield Sibling(f"tiles_of_one_{bits}.tif", one_pixel_tiles(pixels), pixels)
    for bits, kind in itertools.product((1, 2, 4, 8), (0, 1, 3)):
        yield few_bits(bits, kind)
    for kind in (np.float16, np.float32):
        floats = (scene(16) / 65535).astype(kind)
        pixels = np.floor(floats.astype(np.float64) * 65535 + 0.5).astype(np.uint16)
        for predictor in (False, 3):
            name = f"{np.dtype(kind).name}_{predictor or 'plain'}.tif"
            options = {"compression": "deflate", "predictor": 3} if predictor else {}
            yield Sibling(name, tiff_of(floats, photometric="rgb", **options), pixels)
    for bits in (8, 16):
        straight = scene(bits, 4)
        top = 2**bits - 1
        alpha = straight[..., 3:].astype(np.float64) / top
        multiplied = np.floor(straight[..., :3] * alpha + 0.5).astype(straight.dtype)
        data = tiff_of(
            np.dstack([multiplied, straight[..., 3]]),
            photometric="rgb",
            extrasamples=["assocalpha"],
        )
        yield Sibling(f"multiplied_{bits}.tif", data, straight, near=8)
    inks = np.dstack([255 - scene(8), np.zeros((HEIGHT, WIDTH, 1), np.uint8)])
    data = tiff_of(inks, photometric="separated")
    yield Sibling("inks.tif", data, scene(8), near=1)
    four = scene(8, 4)
    inks = np.dstack([255 - four[..., :3], np.zeros((HEIGHT, WIDTH), np.uint8), four[..., 3]])
    data = tiff_of(inks, photometric="separated", extrasamples=["unassalpha"])
    yield Sibling("inks_alpha.tif", data, scene(8, 4), near=1)
    extra = np.dstack([scene(16), scene(16), scene(16)[..., :1]])
    data = tiff_of(extra, photometric="rgb", extrasamples=["unspecified"] * 4)
    yield Sibling("spots.tif", data, scene(16))


def one_pixel_tiles(pixels: np.ndarray) -> bytes:
    bits = 8 * pixels.dtype.itemsize
    size, count = 3 * bits // 8, HEIGHT * WIDTH
    tags = {
        256: (LONG, [WIDTH]), 257: (LONG, [HEIGHT]), 258: (SHORT, [bits] * 3), 259: (SHORT, [1]),
        262: (SHORT, [2]), 277: (SHORT, [3]), 322: (LONG, [1]), 323: (LONG, [1]),
        324: (LONG, [0] * count), 325: (LONG, [size] * count),
    }  # fmt: skip
    start = len(tiff(tags))
    tags[324] = (LONG, [start + n * size for n in range(count)])
    return tiff(tags, pixels.astype(pixels.dtype.newbyteorder("<")).tobytes())


def few_bits(bits: int, kind: int) -> Sibling:
    """Grey with white or black as zero, or a palette."""
    top = 2**bits - 1
    values = scene(8, 1)[..., 0] * top // 255
    palette = np.random.default_rng(bits).integers(0, 256, (top + 1, 3), np.uint8)
    rows = packed(values, bits)
    tags = {
        256: (LONG, [WIDTH]), 257: (LONG, [HEIGHT]), 258: (SHORT, [bits]), 259: (SHORT, [1]),
        262: (SHORT, [kind]), 273: (LONG, [0]), 277: (SHORT, [1]), 278: (LONG, [HEIGHT]),
        279: (LONG, [len(rows)]),
    }  # fmt: skip
    if kind == 3:
        tags[320] = (SHORT, (palette.astype(int) * 257).T.ravel().tolist())
    tags[273] = (LONG, [len(tiff(tags))])
    grey = (values.astype(int) * 255 // top).astype(np.uint8)[..., None]
    pixels = palette[values] if kind == 3 else 255 - grey if kind == 0 else grey
    return Sibling(f"bits_{bits}_kind_{kind}.tif", tiff(tags, rows), pixels)


def packed(values: np.ndarray, bits: int) -> bytes:
    """Rows of few-bit numbers, each row filled up to a byte."""
    shifts = np.arange(bits - 1, -1, -1)
    planes = (values[..., None] >> shifts & 1).astype(np.uint8)
    return np.packbits(planes.reshape(len(values), -1), axis=1).tobytes()


def pngs() -> Iterator[Sibling]:
    """Every colour type and depth, straight and interlaced, with keys and transparent palettes."""
    depths = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    for kind, interlaced in itertools.product(depths, (False, True)):
        for depth in depths[kind]:
            top = 2**depth - 1
            if depth >= 8:
                values = scene(depth, channels[kind])
            else:
                values = (scene(8, 1).astype(int) * top // 255).astype(np.uint8)
            palette = np.random.default_rng(depth).integers(0, 256, (top + 1, 4), np.uint8)
            for keyed in (False, True) if kind in (0, 2, 3) else (False,):
                key = values[3, 20]
                extra, pixels = png_colours(values, kind, depth, palette, key if keyed else None)
                name = f"kind_{kind}_{depth}{'_interlaced' * interlaced}{'_keyed' * keyed}.png"
                yield Sibling(name, png_of(values, kind, depth, interlaced, extra), pixels)


def png_colours(
    values: np.ndarray, kind: int, depth: int, palette: np.ndarray, key: np.ndarray | None
) -> tuple[bytes, np.ndarray]:
    """Chunks before the pixels, and what they make of the values."""
    top, deep = 2**depth - 1, depth == 16
    if kind == 3:
        pixels = palette[values[..., 0]]
        extra = chunk(b"PLTE", palette[:, :3].tobytes())
        if key is None:
            return extra, pixels[..., :3]
        return extra + chunk(b"tRNS", palette[:, 3].tobytes()), pixels
    pixels = values if depth >= 8 else (values.astype(int) * 255 // top).astype(np.uint8)
    if key is None:
        return b"", pixels
    most = 65535 if deep else 255
    alpha = np.where((values == key).all(axis=2), 0, most).astype(pixels.dtype)
    return chunk(b"tRNS", key.astype(">u2").tobytes()), np.dstack([pixels, alpha])


def png_of(values: np.ndarray, kind: int, depth: int, interlaced: bool, extra: bytes) -> bytes:
    passes = [values]
    if interlaced:
        starts = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4)]
        starts += [(1, 0, 2, 2), (0, 1, 1, 2)]
        passes = [values[y::down, x::across] for x, y, across, down in starts]
    rows = b""
    for part in passes:
        for row in part if part.size else ():
            line = (
                packed(row.reshape(1, -1), depth)
                if depth < 8
                else row.astype(">u2" if depth == 16 else np.uint8).tobytes()
            )
            rows += b"\0" + line
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], depth, kind, 0, 0, interlaced)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + chunk(b"IHDR", head) + extra + pixels + chunk(b"IEND", b"")


def jpegs() -> Iterator[Sibling]:
    """Samplings, progressive, 12 bits, lossless, inks, several pictures, no end."""
    rgb, grey = scene(8), scene(8, 1)
    for name, sampling in {"444": 0, "422": 1, "420": 2}.items():
        for progressive in (False, True):
            data = saved(rgb, "jpeg", quality=97, subsampling=sampling, progressive=progressive)
            yield Sibling(f"{name}{'_progressive' * progressive}.jpg", data, rgb, 110, 7)
    yield Sibling("grey.jpg", saved(grey, "jpeg", quality=97), grey, 12, 2)
    inks = np.dstack([255 - rgb, np.zeros((HEIGHT, WIDTH, 1), np.uint8)])
    stream = io.BytesIO()
    Image.fromarray(inks, "CMYK").save(stream, "jpeg", quality=97)
    yield Sibling("inks.jpg", stream.getvalue(), rgb, 40, 3)
    for bits in (12,):
        deep = scene(bits)
        wide = (deep.astype(np.uint32) * 65535 + 2047) // 4095
        data = imagecodecs.jpeg8_encode(deep, bitspersample=bits, level=97, subsampling="444")
        yield Sibling("twelve.jpg", data, wide.astype(np.uint16), 16 * 300, 16 * 20)
    for bits in (8, 12, 16):
        deep = scene(bits)
        wide = (
            deep
            if bits == 8
            else (deep.astype(np.uint64) * 65535 + 2**bits // 2 - 1) // (2**bits - 1)
        )
        data = imagecodecs.jpeg8_encode(deep, bitspersample=bits, lossless=True)
        yield Sibling(f"lossless_{bits}.jpg", data, wide.astype(deep.dtype), 0)
    stream = io.BytesIO()
    Image.fromarray(rgb).save(
        stream, "mpo", save_all=True, append_images=[Image.fromarray(255 - rgb)], quality=97,
        subsampling=0,
    )  # fmt: skip
    yield Sibling("several.jpg", stream.getvalue(), rgb, 40, 3)
    whole = saved(rgb, "jpeg", quality=97, subsampling=0)
    yield Sibling("no_end.jpg", whole[:-2], rgb, 40, 3)


def moving() -> Iterator[Sibling]:
    """Animations: the first frame counts."""
    rgb, alpha = scene(8), scene(8, 4)
    more = {"save_all": True, "append_images": [Image.fromarray(255 - rgb)] * 2}
    palette = Image.fromarray(rgb).quantize(64)
    stream = io.BytesIO()
    palette.save(
        stream, "gif", save_all=True, append_images=[palette.transpose(1)], comment=b"a" * 999
    )
    yield Sibling("moving.gif", stream.getvalue(), np.asarray(palette.convert("RGB")))
    for name, pixels in {"rgb": rgb, "alpha": alpha}.items():
        others = [Image.fromarray(255 - pixels)] * 2
        options = {"save_all": True, "append_images": others}
        data = saved(pixels, "webp", lossless=True, exact=True, **options)
        yield Sibling(f"moving_{name}.webp", data, pixels)
        data = saved(pixels, "png", save_all=True, append_images=others)
        yield Sibling(f"moving_{name}.png", data, pixels)
        data = saved(pixels, "avif", quality=95, subsampling="4:4:4", **options)
        yield Sibling(f"moving_{name}.avif", data, pixels, 60, 4)
    frames = np.stack([rgb, 255 - rgb])
    data = imagecodecs.jpegxl_encode(frames, lossless=True, photometric="rgb")
    yield Sibling("moving.jxl", data, rgb)
    data = saved(rgb, "tiff", **more)
    yield Sibling("pages.tif", data, rgb)


def jpegxls() -> Iterator[Sibling]:
    """Depths and channels, coded without loss."""
    for bits, channels in itertools.product((8, 10, 12, 16), (1, 2, 3, 4)):
        pixels = scene(bits, channels)
        top = 2**bits - 1
        wide = pixels
        if 8 < bits < 16:
            wide = ((pixels.astype(np.uint32) * 65535 + top // 2) // top).astype(np.uint16)
        coded = pixels[..., 0] if channels == 1 else pixels
        data = imagecodecs.jpegxl_encode(coded, lossless=True, bitspersample=bits)
        yield Sibling(f"{bits}_{channels}.jxl", data, wide)


FAMILIES: tuple[Callable[[], Iterator[Sibling]], ...] = (
    tiffs, odd_tiffs, pngs, jpegs, moving, jpegxls, avifs, grids, heics,
)  # fmt: skip

"""Pixels from each library that decodes them, all of one form: (H, W, 1 to 4) uint8 or uint16."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from mmap import mmap
from zlib import crc32

import numpy as np
from PIL import Image, ImageChops

from sr_app.files.bands import row_bands
from sr_app.image import profiles
from sr_app.image.colour import to_uint8
from sr_app.image.contents import Contents, Findings, Pixels
from sr_app.image.errors import RefusedError
from sr_app.image.jpeg_extent import block_samples, centres, codes_exactly
from sr_app.image.jpeg_restarts import SEQUENTIAL, check_restarts
from sr_app.image.jpeg_segments import LOSSLESS, JpegLayout, bare_jpeg
from sr_app.image.jxl_header import codestream_start, parse_header
from sr_app.image.metadata import upright
from sr_app.image.pieces import PieceStream
from sr_app.image.png_ending import NO_END

# It warns of interlaced pictures and of all that is not quite as it should be; errors it raises.
logging.getLogger("imagecodecs").setLevel(logging.ERROR)

_BAND_ROWS = 64  # a few megabytes at most, which the next band uses again

# Coded data that no complete picture needs: a decoder that reads them was not at the end. Several,
# because bits that are missing may be those of one.
_FILLS = (b"\xfe" * 800, bytes(range(1, 200)) * 4, b"\x55" * 800)


def pillow_pixels(image: Image.Image, profile: bytes | None, *, inverted: bool = False) -> Pixels:
    """uint8 pixels of an 8-bit picture, the profile they are in, and warnings.

    Args:
        inverted: turn inks around: Adobe stores them inverted and says so, and Pillow turns every
            JPEG of inks.
    """
    if image.mode == "CMYK":
        image = ImageChops.invert(image) if inverted else image
        image, warning = profiles.inks_to_srgb(image, profile)
        return _array(image), None, (warning,) if warning else ()
    if image.mode == "LAB":
        return _array(profiles.lab_to_srgb(image)), None, ()
    check_palette(image)
    target = _target_mode(image)
    return _array(image if image.mode == target else image.convert(target)), profile, ()


def check_palette(image: Image.Image) -> None:
    """ValueError where a pixel is of a colour that the picture's own table does not hold, for which
    Pillow takes black; one may stand for what is transparent."""
    if image.mode != "P" or image.palette is None:
        return
    image.load()
    colours = len(image.palette.palette) // len(image.palette.mode)
    used = image.histogram()
    clear = image.info.get("transparency")
    strange = [at for at in range(colours, len(used)) if used[at] and at != clear]
    if strange:
        number = strange[0]
        raise ValueError(f"a pixel is of colour number {number}, its table ends before {colours}")


def _array(image: Image.Image) -> np.ndarray:
    """As `np.asarray`, (H, W, C), in bands: Pillow gives bytes twice, new memory each time.

    Of 12 megapixels that took 38 ms, this 11.
    """
    found = np.empty((image.height, image.width, len(image.getbands())), np.uint8)
    for band in row_bands(image.height, _BAND_ROWS):
        part = np.asarray(image.crop((0, band.start, image.width, band.stop)))
        found[band] = part.reshape(found[band].shape)
    return found


def clear_outside(found: np.ndarray, place: tuple[int, int, int, int]) -> np.ndarray:
    """uint8 (H, W, 4): transparent outside (top, left, bottom, right), as browsers show a frame
    that is smaller than its canvas; decoders fill that with a colour."""
    top, left, bottom, right = place
    rgb = found[..., :3] if found.shape[-1] > 2 else np.repeat(found[..., :1], 3, -1)
    alpha = found[..., -1:] if found.shape[-1] in (2, 4) else np.full_like(rgb[..., :1], 255)
    shown = np.zeros_like(alpha)
    shown[top:bottom, left:right] = alpha[top:bottom, left:right]
    return np.concatenate([rgb * (shown > 0), shown], -1)


def open_jpeg(data: bytes | mmap, layout: JpegLayout) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture of a JPEG, whose end may be missing if nothing else is, and warnings.

    ValueError if pixels are missing too, also where an end was put behind what is left, and if more
    of them are coded than the header says.
    """
    if layout.deep:
        raise RefusedError(f"expected a JPEG of 8 bits. Received: {layout.precision}")
    check_restarts(data, layout)
    image = _jpeg(bare_jpeg(data, layout))
    exact = codes_exactly(data, layout, block_samples)
    if exact and layout.frame in SEQUENTIAL and layout.scans == 1:
        return image, () if layout.ended else (NO_END,)
    return image, _check_end(data, layout, lambda stream: _sum(_jpeg(stream)), lambda: _sum(image))


def deep_jpeg_pixels(data: bytes | mmap, layout: JpegLayout) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pixels of a JPEG of 12 bits, or a lossless one of 2 to 16, stretched to 8 or 16; warnings.

    ValueError as `open_jpeg`.
    """
    from imagecodecs import jpeg8_decode

    found = jpeg8_decode(bare_jpeg(data, layout).read())
    samples = np.asarray if layout.frame == LOSSLESS else centres
    codes_exactly(data, layout, lambda stream: samples(jpeg8_decode(stream.read())))
    notes = _check_end(
        data,
        layout,
        lambda stream: crc32(jpeg8_decode(stream.read()).tobytes()),
        lambda: crc32(found.tobytes()),
    )
    return stretched(found.astype(np.uint16, copy=False), layout.precision), notes


def _check_end(
    data: bytes | mmap,
    layout: JpegLayout,
    check_sum: Callable[[PieceStream], int],
    known: Callable[[], int],
) -> tuple[str, ...]:
    """ValueError where other coded data behind the last ones give other pixels; warnings.

    Decoders fill what is missing and say nothing that reaches us.

    Args:
        check_sum: of the pixels of a file; known: of those of this one, asked for last, so that
            one picture is held at a time.
    """
    last = data[layout.pieces[-1][1] - 1]
    stuffed = b"\0" if last == 0xFF else b""  # that is a byte of the data, no marker's first
    fills = _FILLS[:1] if layout.ended else _FILLS
    sums = {check_sum(bare_jpeg(data, layout, more=stuffed + fill)) for fill in fills}
    if not (layout.whole or layout.ended) or sums != {known()}:
        raise ValueError("the file is cut short")
    notes = () if layout.ended else (NO_END,)
    return notes if layout.whole else ("its finest scans are missing: less sharp than meant",)


def _jpeg(stream: PieceStream) -> Image.Image:
    return Image.open(stream.as_file(), formats=("JPEG",))


def _sum(image: Image.Image) -> int:
    """Of one row of each eight, as blocks have, and of all of the last ones.

    Other data behind the last ones change many blocks or, where little is missing, the last.
    """
    rows = image.resize((image.width, -(-image.height // 8)), Image.Resampling.NEAREST)
    last = image.crop((0, max(0, image.height - _BAND_ROWS), image.width, image.height))
    return crc32(last.tobytes(), crc32(rows.tobytes()))


def deep_png_pixels(data: bytes) -> np.ndarray:
    """uint16 (H, W, 1 to 4) of a PNG of 16 bits."""
    from imagecodecs import png_decode

    found = png_decode(data)
    return found.reshape(*found.shape[:2], -1)


def grey_once(found: np.ndarray, contents: Contents) -> np.ndarray:
    """Grey as one channel, where its decoder has repeated it."""
    if contents.channels in (None, 3, 4) or found.shape[2] < 3:
        return found
    return found[..., [0, 3][: contents.channels]]


def heif_pixels(data: bytes, contents: Contents) -> np.ndarray:
    """Pixels of a HEIC or HEIF as stored, before any turning."""
    try:
        import pi_heif
    except ImportError:
        raise RefusedError(
            "a HEIC picture; install pi-heif (pip install pi-heif), or convert it first"
        ) from None
    image = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    found = np.array(image)  # a copy: what it lends does not outlive it
    found = found.reshape(*found.shape[:2], -1)
    if image.mode.startswith("RGBa"):
        found = divided(found)
    if found.dtype == np.uint16:
        # They come shifted up to the top of sixteen bits.
        found = stretched(found >> (16 - contents.depth), contents.depth)
    return grey_once(found, contents)


def jxl_pixels(data: bytes, contents: Contents) -> np.ndarray:
    """Pixels of a JPEG XL's first frame, as stored."""
    from imagecodecs import jpegxl_decode

    found = stretched(jpegxl_decode(data, index=0, keeporientation=True), contents.depth)
    header = parse_header(codestream_start(data, Findings()))
    return divided(found) if header.premultiplied else found


def map_pixels(stored: np.ndarray, orientation: int) -> np.ndarray:
    """A gain map's pixels as stored, uint8 or uint16, as uint8 (h, w, 1 or 3), upright."""
    colours = stored[..., :1] if stored.shape[2] < 3 else stored[..., :3]
    return np.ascontiguousarray(to_uint8(upright(colours, orientation)))


def stretched(found: np.ndarray, depth: int) -> np.ndarray:
    """Numbers of `depth` bits as 8 or 16, (H, W, C); 8 bits or less stay as they are decoded."""
    found = found.reshape(*found.shape[:2], -1)
    top = 2**depth - 1
    if found.dtype != np.uint16 or depth >= 16:
        return found
    most, kind = (255, np.uint8) if depth <= 8 else (65535, np.uint16)
    result = np.empty(found.shape, kind)
    for band in row_bands(len(found)):  # wide numbers of few rows at a time
        result[band] = (found[band].astype(np.uint32) * most + top // 2) // top
    return result


def divided(found: np.ndarray) -> np.ndarray:
    """Colours divided by their alpha, which they were multiplied with; uint8 or uint16."""
    top = np.iinfo(found.dtype).max
    result = found.copy()
    for band in row_bands(len(found)):
        alpha = np.maximum(found[band, :, -1:], 1).astype(np.float64)
        colours = np.minimum(found[band, :, :-1] * (top / alpha), top)
        result[band, :, :-1] = np.floor(colours + 0.5)
    return result


def _target_mode(image: Image.Image) -> str:
    # A colour key ("transparency") of palettes, grey and RGB becomes alpha.
    alpha = image.has_transparency_data or image.mode in ("La", "RGBa")
    if image.mode in ("1", "L", "LA", "La"):
        return "LA" if alpha else "L"
    if image.mode in ("P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "YCbCr"):
        return "RGBA" if alpha else "RGB"
    raise RefusedError(
        f"expected 8 or 16 bits of grey, RGB or CMYK. Received: pixels of the kind {image.mode!r}"
    )

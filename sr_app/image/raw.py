"""Camera raw files and DNG, developed by LibRaw where `rawpy` is installed.

They are read with the camera's white balance into 16-bit sRGB, without any sharpening: a raw
developer does it with more care, and its TIFF is as welcome.
"""

from __future__ import annotations

import io
from mmap import mmap
from typing import TYPE_CHECKING

import numpy as np

from sr_app.image.contents import Contents
from sr_app.image.errors import RefusedError, reason_of
from sr_app.image.metadata import read_tiff_exif

if TYPE_CHECKING:
    import rawpy

RAW_SUFFIXES = frozenset(
    [".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos"]
    + [".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw"]
    + [".x3f"]
)
_MISSING = (
    "a camera raw file; install rawpy (pip install 'sr-app[raw]') to have it developed, "
    "or develop it to JPEG, PNG or TIFF first"
)
_SRGB_CURVE = (2.4, 12.92)
_QUARTER_TURNS = (5, 6)  # LibRaw's flip: 90 degrees, one way or the other


def read_raw(data: bytes | mmap) -> Contents:
    """What a raw file says of its picture. RefusedError without `rawpy`, or for an unknown one."""
    with _opened(data) as raw:
        sizes = raw.sizes
        width, height = sizes.iwidth, sizes.iheight  # of what is developed, before any turning
        if sizes.flip in _QUARTER_TURNS:
            width, height = height, width
        if sizes.pixel_aspect not in (0, 1):
            raise RefusedError("a raw file with oblong pixels; develop it first")
    exif, warnings = None, ["a camera raw file: developed with the camera's white balance"]
    if data[:4] in (b"II*\0", b"MM\0*"):
        exif = read_tiff_exif(data, warnings)
    else:
        warnings.append("EXIF is not read from this kind of raw file")
    return Contents(
        "raw", width, height, bits=16, depth=16, channels=3, orientation=1, exif=exif,
        warnings=tuple(warnings),
    )  # fmt: skip


def decode_raw(data: bytes | mmap) -> np.ndarray:
    """uint16 (H, W, 3) in sRGB, upright."""
    with _opened(data) as raw:
        return raw.postprocess(use_camera_wb=True, output_bps=16, gamma=_SRGB_CURVE)


def _opened(data: bytes | mmap) -> rawpy.RawPy:
    try:
        import rawpy
    except ImportError:
        raise RefusedError(_MISSING) from None
    try:
        return rawpy.imread(io.BytesIO(data))
    except rawpy.LibRawError as error:
        reason = reason_of(error)
        raise RefusedError(f"a camera raw file that LibRaw cannot read ({reason})") from None

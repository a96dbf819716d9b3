"""Photos from and to files: pixels with their alpha, bit depth, profile and EXIF."""

from __future__ import annotations

import errno
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from sr_app.files.bands import row_bands
from sr_app.files.replacement import replacing
from sr_app.image.attachments import attach
from sr_app.image.colour import to_float, to_uint8, to_uint16
from sr_app.image.decoders import decode
from sr_app.image.encoders import CAPACITIES, Capacity, RowWriter, row_writer
from sr_app.image.errors import PhotoError
from sr_app.image.headers import Header, read_header
from sr_app.image.photo import Photo, photo_from
from sr_app.image.raw import RAW_SUFFIXES

if TYPE_CHECKING:
    from sr_app.image.decoder_pool import DecoderPool

__all__ = [
    "MAX_INPUT_PIXELS", "READABLE", "READ_ONLY", "RESULT_SUFFIXES", "SUFFIXES", "Header", "Photo",
    "PhotoError", "PhotoWriter", "check_target", "copy_times", "find_photos", "read_header",
    "read_photo", "write_photo", "writing_photo",
]  # fmt: skip

MAX_INPUT_PIXELS = 100_000_000
SUFFIXES = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".jfif": "jpeg", ".png": "png",
    ".webp": "webp", ".tif": "tiff", ".tiff": "tiff", ".avif": "avif", ".jxl": "jxl", ".bmp": "bmp",
}  # fmt: skip
"""Of files that are read and written, with their formats."""

READ_ONLY = {
    ".heic": "heif", ".heif": "heif", ".hif": "heif", ".gif": "gif",
    **dict.fromkeys(sorted(RAW_SUFFIXES), "raw"),
}  # fmt: skip
"""Of files that are read alone, with their formats; see `RESULT_SUFFIXES`."""

READABLE = {**SUFFIXES, **READ_ONLY}
"""Of all files that are read, with their formats."""

RESULT_SUFFIXES = {"heif": ".jpg", "gif": ".png", "raw": ".tif"}
"""Format that is read alone -> suffix of what such a photo becomes, unless somebody chooses."""

SYSTEM_FOLDERS = {"__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"}


def read_photo(
    path: str | os.PathLike,
    *,
    max_pixels: int = MAX_INPUT_PIXELS,
    as_floats: bool = True,
    decoders: DecoderPool | None = None,
) -> Photo:
    """The photo in a JPEG, PNG, WebP, TIFF, AVIF, HEIC, JPEG XL, GIF, BMP or camera raw file.

    Its format is known by its first bytes, not by its name; its size is compared with `max_pixels`
    before anything is decoded. CMYK and Lab are converted to sRGB. PhotoError, one line that names
    the file, for everything that cannot be read; what can be used with a loss is a warning.

    as_floats=False leaves rgb and alpha the integers that they are in the file, uint8 or uint16,
    which takes a quarter or half of the memory; grey is a read-only view then.

    decoders, `decoder_pool.common_pool()` say, decode it in a process of its own, limited in memory
    and time and watched: for files of strangers. It is decoded in this process if None.
    """
    header, decoded = (decode if decoders is None else decoders.read)(Path(path), max_pixels)
    kind = header.format
    kind = SUFFIXES[RESULT_SUFFIXES[kind]] if kind in RESULT_SUFFIXES else kind
    facts = {name: value for name, value in vars(decoded).items() if name != "pixels"}
    return photo_from(decoded.pixels, as_floats=as_floats, format=kind, **facts)


def write_photo(
    photo: Photo,
    path: str | os.PathLike,
    *,
    quality: int = 95,
    keep_metadata: bool = True,
    small: bool = False,
) -> tuple[str, ...]:
    """Write the photo in the format of the path's suffix; returns what the format made it lose.

    Bit depth, alpha, grey, colours, gain map, EXIF, XMP, IPTC, texts and resolution are kept where
    the format can hold them; `fates.FATES` says what becomes of each. `quality` (1 to 100) is
    JPEG's, always with full colour resolution, and AVIF's; WebP and JPEG XL are written lossless.
    keep_metadata=False leaves out all that describes the photo (camera, time, place, words) and its
    resolution; what makes its colours stays. `small` deflates PNG as well as can be, which takes
    several times as long.

    The file appears complete or not at all. PhotoError when it cannot be written.
    """
    path = Path(path)
    _check(photo, path)
    settings = {"quality": quality, "keep_metadata": keep_metadata, "small": small}
    with writing_photo(photo, path, photo.rgb.shape[:2], **settings) as writer:
        for band in row_bands(len(photo.rgb)):
            alpha = None if photo.alpha is None else photo.alpha[band]
            writer.write(writer.pixels(photo.rgb[band], alpha))
    return writer.warnings


@contextmanager
def writing_photo(
    like: Photo,
    path: str | os.PathLike,
    size: tuple[int, int],
    *,
    quality: int = 95,
    keep_metadata: bool = True,
    small: bool = False,
) -> Iterator[PhotoWriter]:
    """A photo of another `size` (height, width) in the making, row by row: as `write_photo`.

    Args:
        like: the photo whose depth, greyness, transparency, profile and metadata it gets; of its
            pixels only whether alpha is anywhere below 1 is looked at.

    The file appears complete when the block ends, or not at all when it is left by an error.
    """
    path = Path(path)
    kind = _kind(path)
    capacity = CAPACITIES[kind]
    check_target(path, size, like.bits, quality)
    warnings: list[str] = []
    depth = _depth(like, capacity, warnings)
    alpha = like.alpha is not None and capacity.alpha
    channels = (1 if like.grey and capacity.grey else 3) + alpha
    attached, notes = attach(like, kind, size, channels, keep_metadata=keep_metadata)
    warnings += notes
    with _appearing(path) as stream:
        with _writing(path):
            shape = (*size, channels)
            rows = row_writer(stream, shape, depth, kind, quality, attached, small=small)
        try:
            yield PhotoWriter(path, rows, channels, depth, capacity.alpha, tuple(warnings))
            with _writing(path):
                rows.close()
        except BaseException:
            rows.abandon()
            raise


@dataclass(frozen=True)
class PhotoWriter:
    """Takes a photo's rows from top to bottom.

    Args:
        channels, bits: of the file.
        warnings: what the format made the photo lose.
    """

    path: Path
    rows: RowWriter
    channels: int
    bits: int
    holds_alpha: bool
    warnings: tuple[str, ...]

    def pixels(self, rgb: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
        """The file's pixels (h, w, channels) for a part of the photo, any part of it.

        Args:
            rgb: (h, w, 3) and alpha: (h, w), as of `Photo`.
        """
        colours = rgb[..., :1] if self.channels < 3 else rgb
        rounded = to_uint16 if self.bits == 16 else to_uint8
        with _writing(self.path):
            if alpha is None:
                return rounded(colours)
            if not self.holds_alpha:
                opaque = to_float(alpha)[..., None]
                return rounded(to_float(colours) * opaque + (1 - opaque))
            return np.concatenate([rounded(colours), rounded(alpha[..., None])], axis=2)

    def write(self, pixels: np.ndarray) -> None:
        """The next rows of `pixels`, (n, W, channels); they may not be changed afterwards."""
        with _writing(self.path):
            self.rows.write(pixels)


def check_target(path: Path, size: tuple[int, int], bits: int = 8, quality: int = 95) -> None:
    """Refuse a size (height, width) that the target's format cannot hold, before any work."""
    capacity = CAPACITIES[_kind(path)]
    if bits not in (8, 16):
        raise PhotoError(f"{path}: expected 8 or 16 bits a channel. Received: {bits}")
    if not 1 <= quality <= 100:
        raise PhotoError(f"{path}: expected a quality of 1 to 100. Received: {quality}")
    if capacity.max_side and max(size) > capacity.max_side:
        raise PhotoError(
            f"{path}: {size[1]}x{size[0]} is too large for {capacity.name}, "
            f"which holds {capacity.max_side} pixels a side: write a PNG or TIFF"
        )


def copy_times(source: str | os.PathLike, target: str | os.PathLike) -> None:
    """Give a file the times of access and change of another one."""
    times = os.stat(source)
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))


def find_photos(
    folder: str | os.PathLike,
    *,
    recursive: bool = False,
    suffixes: Container[str] = SUFFIXES.keys(),
) -> list[Path]:
    """Photos of a folder by their suffix, sorted, without hidden and system files.

    Args:
        suffixes: `READABLE` finds those too that cannot be written again.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotoError(f"{folder}: not a folder")
    return sorted(
        path
        for path in (folder.rglob("*") if recursive else folder.iterdir())
        if path.suffix.lower() in suffixes
        and not is_hidden(path.relative_to(folder).parts)
        and path.is_file()
    )


def some_photos(folder: str | os.PathLike, what: str) -> list[Path]:
    """`find_photos`; PhotoError where there are none, which says ``what`` was expected."""
    photos = find_photos(folder)
    if not photos:
        raise PhotoError(f"{folder}: expected {what} (PNG, JPEG, ...). Received: none")
    return photos


def is_hidden(parts: tuple[str, ...]) -> bool:
    """Whether a name of a path is that of a hidden or a system file."""
    return any(part.startswith(".") or part in SYSTEM_FOLDERS for part in parts)


def _kind(path: Path) -> str:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        received = repr(path.suffix) if path.suffix else "none"
        known = ", ".join(SUFFIXES)
        raise PhotoError(f"{path}: expected a suffix among {known}. Received: {received}")
    return kind


def _check(photo: Photo, path: Path) -> None:
    shape = photo.rgb.shape
    if len(shape) != 3 or shape[2] != 3 or 0 in shape:
        raise PhotoError(f"{path}: expected rgb as (height, width, 3). Received: {shape}")
    if photo.alpha is not None and photo.alpha.shape != shape[:2]:
        raise PhotoError(f"{path}: expected alpha as {shape[:2]}. Received: {photo.alpha.shape}")


def _depth(photo: Photo, capacity: Capacity, warnings: list[str]) -> int:
    """Bits per channel of the file; what is lost becomes a warning."""
    if photo.alpha is not None and not capacity.alpha and to_float(photo.alpha.min()) < 1:
        warnings.append(f"{capacity.name} holds no alpha: transparent parts become white")
    if photo.bits > capacity.bits:
        warnings.append(f"{capacity.name} holds {capacity.bits} bits: written with 8 instead of 16")
    return min(photo.bits, capacity.bits)


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a temporary name beside `path`, moved there when all went well.

    Errors of the block pass as they are.
    """
    passing = None
    try:
        with replacing(path) as temporary:
            with temporary.open("xb") as file:
                stream = WholeStream(file)
                try:
                    yield cast(BinaryIO, stream)  # all of one that the writers use
                except BaseException as error:
                    passing = error
                    raise
            if temporary.stat().st_size != stream.length:
                raise OSError(errno.EIO, "fewer bytes than were written came to lie on the disk")
    except FileNotFoundError as error:
        if error is passing:
            raise
        raise PhotoError(f"{path}: the folder {path.parent} does not exist") from None
    except OSError as error:
        if error is passing:
            raise
        raise _unwritten(path, error) from error


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """What goes wrong with encoding or the disk, in one line that names the file."""
    try:
        yield
    except PhotoError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritten(path, error) from error


def _unwritten(path: Path, error: OSError | ValueError) -> PhotoError:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PhotoError(f"{path}: the disk is full, nothing was written")
    return PhotoError(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error})")


class WholeStream:
    """A file to write to, whose every write is whole or an error.

    It has no file number: Pillow writes to those by itself, and takes a short write for a whole
    one. It counts, so that the file can be compared with what was written.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self.length = 0

    def write(self, data: bytes) -> int:
        self._file.write(data)  # a buffered file tries until all is written, or raises
        self.length = max(self.length, self._file.tell())
        return len(data)

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def flush(self) -> None:
        self._file.flush()

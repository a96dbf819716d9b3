"""What a photo's header may claim: bounds on counts and sizes, decided before anything is decoded.

They are far beyond what cameras and editors write, and low enough that a file made to keep a
decoder busy is refused, in one line, at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from sr_app.image.contents import Contents
from sr_app.image.errors import RefusedError

MAX_SCAN_WORK = 2_500_000_000
"""Pixels times scans of a progressive JPEG: some two seconds. Usual are 10 scans."""

FREE_SCANS = 20
MOST_SCANS = 1000
MAX_SEGMENTS = 50_000
"""Segments of a JPEG before and between its scans; a large ICC profile takes a few hundred."""

MAX_PAGES = 1000
"""Directories of a TIFF that are counted; what follows is not looked at."""

MAX_SAMPLES = 64
"""Channels of a TIFF: Photoshop writes up to 56."""

MAX_TAGS = 1 << 17
"""Entries of a TIFF's directories together."""

MAX_RESOURCES = 5000
"""Photoshop's own settings."""

MAX_PIECES = 1 << 17
"""Strips or tiles of a TIFF, those of all planes together."""

MAX_PIECE_BYTES = 1 << 31
"""Bytes of a strip or tile, inflated."""

MAX_SHARED = 4
"""Times its length that a TIFF's strips may have together: blank ones share their bytes."""

MAX_BOXES = 20_000
"""Boxes and items of an AVIF, HEIF or JPEG XL file."""

MAX_FRAMES = 10_000
"""Frames of an animation that are counted."""


def counted(count: int, most: int) -> str:
    """A number that was counted up to a limit, in words."""
    return f"{count}" if count < most else f"{most:,} or more"


def check_count(what: str, count: int, most: int) -> None:
    """RefusedError when a file holds more of something than any photo does."""
    if count > most:
        raise RefusedError(f"it holds more than {most} {what}: no photo does")


def is_map_size(pixels: int, photo: int) -> bool:
    """Whether a gain map is no larger than its photo: none is, and it is decoded. In pixels."""
    return pixels <= photo + (1 << 16)


def check_scans(scans: int, pixels: int) -> None:
    """RefusedError for a progressive JPEG that would keep a decoder busy for long."""
    most = min(MOST_SCANS, max(FREE_SCANS, MAX_SCAN_WORK // max(pixels, 1)))
    check_count(f"scans for {pixels / 1e6:.1f} megapixels", scans, most)


def check_pieces(count: int, size: int, pixels: int, height: int) -> None:
    """RefusedError for strips or tiles that are too many or too large.

    Args:
        size: bytes of one, inflated.
        pixels, height: of the picture, which may have a strip for every row and channel.
    """
    most = min(MAX_PIECES, max(4096, pixels // 64, 4 * height))
    check_count("strips or tiles", count, most)
    if size > MAX_PIECE_BYTES or size > max(1 << 26, 16 * pixels):
        raise RefusedError(f"a strip or tile of {size / 1e6:.0f} MB: no photo needs it")


def check_shared(total: int, size: int) -> None:
    """RefusedError for strips or tiles that lie upon each other, so that few bytes are many.

    Args:
        total: bytes of all. size: of the file.
    """
    if total > MAX_SHARED * size + (1 << 24):
        raise RefusedError(
            f"strips or tiles that lie upon each other: {total / 1e6:.0f} MB of them in a file "
            f"of {size / 1e6:.1f} MB"
        )


_BASE_MEMORY = 200 << 20
_COPIES = 10
_BASE_SECONDS = 2.0
_SECONDS_A_MEGAPIXEL = {"jxl": 1.5, "avif": 1.0, "heif": 1.0, "raw": 1.0, "bmp": 1.0}
_USUAL_SECONDS = 0.3
_BYTES_A_SECOND = 4_000_000


@dataclass(frozen=True)
class Budget:
    """What a process may take for one photo.

    Args:
        memory: bytes of address space beyond what it has.
        seconds: of processor time.
    """

    memory: int
    seconds: float


def header_budget(size: int) -> Budget:
    """What reading the header of a file of `size` bytes may take: no pixel is decoded."""
    return Budget(_BASE_MEMORY + 3 * size, _BASE_SECONDS + size / 20_000_000)


def budget_for(contents: Contents, size: int) -> Budget:
    """What decoding a photo may take, by its header.

    Far more than any decoder at hand needs for such a photo, also on a slow machine.

    Args:
        size: of the file in bytes.
    """
    pixels = contents.width * contents.height
    picture = pixels * (contents.channels or 4) * (2 if contents.bits > 8 else 1)
    pace = _SECONDS_A_MEGAPIXEL.get(contents.format, _USUAL_SECONDS)
    seconds = _BASE_SECONDS + pace * pixels / 1e6 + size / _BYTES_A_SECOND
    return Budget(_BASE_MEMORY + 3 * size + _COPIES * picture, seconds)

"""How much the page takes on: checked on a photo's header, before a single pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from sr_app.image.files import PhotoError
from sr_app.image.headers import megapixels

MEGA = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds of one photo.

    Args:
        file_bytes: of the upload.
        input_pixels: height times width of the photo.
        output_pixels: height times width of the result: it bounds time and disk.
    """

    file_bytes: int = 200 * MEGA
    input_pixels: int = 50 * MEGA
    output_pixels: int = 100 * MEGA

    def check_photo(self, height: int, width: int) -> None:
        """Refuse a photo that is too large; PhotoError, one line: limit, what was received, what
        to do."""
        if height * width > self.input_pixels:
            raise PhotoError(
                f"The photo is too large for this page: at most {area(self.input_pixels)}. "
                f"Received: {size(height, width)} ({area(height * width)}). "
                "Crop it, or use the command line."
            )

    def check_result(self, height: int, width: int, scale: int) -> None:
        """Refuse a result that would be too large; the factor that fits is named, if any does;
        PhotoError as ``check_photo``."""
        pixels = height * width
        if pixels * scale**2 > self.output_pixels:
            fitting = [s for s in range(2, scale) if pixels * s**2 <= self.output_pixels]
            choose = f"Choose {fitting[-1]}×, crop" if fitting else "Crop"
            raise PhotoError(
                f"The result would be too large: at most {area(self.output_pixels)}, "
                f"{scale}× gives {size(height * scale, width * scale)} "
                f"({area(pixels * scale**2)}). "
                f"{choose} the photo, or use the command line."
            )

    def check_size(self, height: int, width: int) -> None:
        """Refuse an exact size of a result that is too large; PhotoError as ``check_photo``."""
        if height * width > self.output_pixels:
            raise PhotoError(
                f"The result would be too large: at most {area(self.output_pixels)}. "
                f"Received: {size(height, width)} ({area(height * width)}). "
                "Choose a smaller size, or use the command line."
            )


def size(height: int, width: int) -> str:
    """A picture's size as people write it: width first."""
    return f"{width} × {height} px"


def area(pixels: int) -> str:
    """Millions of pixels, with their unit."""
    return f"{megapixels(pixels)} MP"

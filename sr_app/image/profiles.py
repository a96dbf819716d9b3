"""ICC profiles: whose colours they describe, and inks and Lab turned into sRGB."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

_SPACE = slice(16, 20)  # data colour space in the profile header (ICC.1:2022, 7.2.6)
_MAGIC = slice(36, 40)
_TAGS = 132  # where their table begins
DAMAGED = "its colour profile is damaged and left out"


def sound(profile: bytes | None) -> bytes | None:
    """The profile if it has a profile's header and tags that lie within it; None otherwise.

    ICC.1:2022, 7.2 and 7.3.
    """
    if profile is None or len(profile) < _TAGS or profile[_MAGIC] != b"acsp":
        return None
    (size,), (count,) = struct.unpack_from(">I", profile), struct.unpack_from(">I", profile, 128)
    end = _TAGS + 12 * count
    if not (count and end <= size <= len(profile)):
        return None
    places = struct.iter_unpack(">4xII", profile[_TAGS:end])
    return profile if all(start + length <= size for start, length in places) else None


def fitting(profile: bytes | None, channels: int) -> tuple[bytes | None, tuple[str, ...]]:
    """The profile if it is sound and for such pixels, and warnings; grey may have one of RGB."""
    if profile and not sound(profile):
        return None, (DAMAGED,)
    space = colour_space(profile)
    if space in (None, "RGB") or (space == "GRAY" and channels < 3):
        return profile, ()
    kind = "grey" if channels < 3 else "RGB"
    return None, (f"its colour profile is one of {space}, the pixels are {kind}: left out",)


def colour_space(profile: bytes | None) -> str | None:
    """ "RGB", "GRAY", "CMYK", "Lab" and so on; None for no profile or a damaged one."""
    if not profile or len(profile) < 128 or profile[_MAGIC] != b"acsp":
        return None
    return profile[_SPACE].decode("latin-1").strip()


def inks_to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str | None]:
    """A "CMYK" picture in sRGB through its profile, and a warning if it had to do without."""
    if colour_space(profile) == "CMYK":
        try:
            return _to_srgb(image, ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))), None
        except (OSError, ImageCms.PyCMSError):
            pass
    warning = "CMYK without a usable profile: colours follow the plain formula and may be off"
    return image.convert("RGB"), warning


def lab_to_srgb(image: Image.Image) -> Image.Image:
    """A "LAB" picture (CIE L*a*b*, D50) in sRGB."""
    return _to_srgb(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))


def _to_srgb(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    # Relative colorimetric with black point compensation, as photo editors convert.
    converted = ImageCms.profileToProfile(
        image,
        source,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return image if converted is None else converted  # None: changed in place

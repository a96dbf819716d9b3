"""Metadata as hexadecimal text in a PNG: "Raw profile type exif" and its kin.

ImageMagick began it; exiv2, and so darktable and digiKam, write it too. A text is a line break, the
profile's name, its length, and pairs of hexadecimal digits.
"""

from __future__ import annotations

import binascii

from sr_app.image.iptc import from_resources
from sr_app.image.jpeg_segments import XMP_MARK
from sr_app.image.metadata import strip_prefix

PREFIX = "Raw profile type "


def read_raw_profile(key: str, text: str) -> tuple[str | None, bytes | None]:
    """The kind, "exif", "xmp", "iptc" or "" for another one, and its bytes; None: it is none.

    ValueError if the digits are damaged.
    """
    if not key.startswith(PREFIX):
        return None, None
    kind = key.removeprefix(PREFIX).strip().lower()
    parts = text.split(None, 2)
    if len(parts) < 3:
        raise ValueError("a raw profile without its digits")
    digits = "".join(parts[2].split())
    block = binascii.unhexlify(digits[: 2 * int(parts[1])])
    if kind in ("exif", "app1"):
        if block.startswith(XMP_MARK):
            return "xmp", block.removeprefix(XMP_MARK)
        return "exif", strip_prefix(block)
    if kind in ("iptc", "8bim"):
        return "iptc", from_resources(block) or (block if block[:1] == b"\x1c" else None)
    return ("xmp", block) if kind == "xmp" else ("", None)


def raw_profile(kind: str, block: bytes) -> tuple[str, str]:
    """Key and text that hold a block."""
    digits = block.hex()
    lines = [digits[n : n + 72] for n in range(0, len(digits), 72)]
    return PREFIX + kind, f"\n{kind}\n{len(block):8d}\n" + "\n".join(lines) + "\n"

"""Restart markers: whether all parts of a JPEG are there (ITU-T T.81, E.1.4 and F.1.1.5).

Decoders fill what is missing between two markers and say nothing that reaches us.
"""

from __future__ import annotations

import re
import struct
from math import prod
from mmap import mmap

from sr_app.image.jpeg_extent import units
from sr_app.image.jpeg_segments import DRI, SOS, JpegLayout

SEQUENTIAL = (0xC0, 0xC1, 0xC9)
"""Markers of frames whose coded data end with the last rows."""

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


def check_restarts(data: bytes | mmap, layout: JpegLayout) -> None:
    """ValueError where parts between restart markers are missing from a picture of one scan."""
    if layout.frame not in SEQUENTIAL or layout.scans != 1:
        return
    interval = 0
    for start, end in layout.pieces:
        marker = data[start + 1]
        if marker == DRI:
            (interval,) = struct.unpack_from(">H", data, start + 4)
        elif marker == SOS and interval:
            parts = -(-prod(units(layout)) // interval)
            found = 1 + sum(1 for _ in _RESTART.finditer(data, start, end))
            if found < parts:
                raise ValueError(f"the file is cut short: {found} of {parts} parts are there")

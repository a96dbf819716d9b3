from __future__ import annotations

import io

import numpy as np
from PIL import Image

from sr_app.image.jpeg_metadata import segments_of
from sr_app.image.jpeg_segments import read_jpeg


def test_segments_come_back() -> None:
    sets = b"\x1c\x02\x78\0\5hello"
    extra = segments_of(b"<x/>", sets, ("first", "x" * 100_000))
    stream = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(stream, "jpeg", extra=extra)
    found = read_jpeg(stream.getvalue()).metadata
    assert (found.xmp, found.iptc) == (b"<x/>", sets)
    assert found.comments[0] == "first"
    assert "".join(found.comments[1:]) == "x" * 100_000


def test_nothing_makes_nothing() -> None:
    assert segments_of(None, None, ()) == b""

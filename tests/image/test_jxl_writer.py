from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest

from sr_app.image.cicp import Cicp
from sr_app.image.contents import Attachments, ColourStatement
from sr_app.image.jxl_header import read_jxl
from sr_app.image.jxl_writer import can_state, with_colours, write_jxl

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("cicp", [Cicp(1, 13), Cicp(12, 13), Cicp(9, 16), Cicp(9, 18), Cicp(1, 8)])
def test_pixels_stay_and_colours_are_stated(kind: type, channels: int, cicp: Cicp) -> None:
    pixels = RNG.integers(0, np.iinfo(kind).max + 1, (13, 21, channels)).astype(kind)
    stream = io.BytesIO()
    attached = Attachments(None, b"II*\0rest", xmp=b"<x/>", colour=ColourStatement(cicp))
    write_jxl(stream, pixels, attached)
    found = read_jxl(stream.getvalue())
    assert (found.exif, found.metadata.xmp) == (b"II*\0rest", b"<x/>")
    expected = Cicp(1, cicp.transfer) if channels < 3 else cicp  # grey has no primaries
    assert found.colour.cicp == expected
    decoded = imagecodecs.jpegxl_decode(stream.getvalue()).reshape(pixels.shape)
    assert np.array_equal(decoded, pixels)


def test_other_colours_are_an_error() -> None:
    assert can_state(Cicp(12, 13)) and can_state(Cicp(2, 2))
    assert not can_state(Cicp(5, 13)) and not can_state(Cicp(1, 5))
    with pytest.raises(ValueError, match="no numbers"):
        attached = Attachments(colour=ColourStatement(Cicp(22, 13)))
        write_jxl(io.BytesIO(), np.zeros((4, 4, 3), np.uint8), attached)


def test_a_lossy_picture_keeps_its_colours() -> None:
    """Its coded values depend on them."""
    lossy = imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), distance=1.0, lossless=False)
    with pytest.raises(ValueError, match="another form"):
        with_colours(lossy, Cicp(12, 13))

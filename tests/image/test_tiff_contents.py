from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile

from sr_app.image import iptc
from sr_app.image.errors import RefusedError
from sr_app.image.tiff_contents import channels_of, is_premultiplied, read_tiff
from sr_app.image.tiff_directory import read_directories, read_layout

PIXELS = np.zeros((8, 9, 4), np.uint16)


def tiff(pixels: np.ndarray = PIXELS[..., :3], **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, **{"photometric": "rgb", **options})
    return stream.getvalue()


def test_what_it_carries() -> None:
    sets = b"\x1c\x02\x78\0\5hello"
    resources = iptc.to_resources(sets)
    tags = [(700, 7, 4, b"<x/>", True), (34377, 7, len(resources), resources, True)]
    found = read_tiff(tiff(extratags=tags, resolution=(100, 200), resolutionunit=3))
    assert (found.metadata.xmp, found.metadata.iptc) == (b"<x/>", sets)
    assert found.dpi == pytest.approx((254, 508))
    assert found.warnings == ("Photoshop's own settings (resources) are left out",)
    assert (found.width, found.height, found.bits, found.channels) == (9, 8, 16, 3)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("unassalpha", (3, True, False)), ("assocalpha", (3, True, True)),
     ("unspecified", (3, False, False))],
)  # fmt: skip
def test_extra_channels(kind: str, expected: tuple) -> None:
    layout = read_layout(read_directories(tiff(PIXELS, extrasamples=[kind]))[0])
    assert (*channels_of(layout), is_premultiplied(layout)) == expected


def test_channels_beyond_colours_are_named() -> None:
    found = read_tiff(tiff(np.dstack([PIXELS, PIXELS[..., :1]]), extrasamples=[2, 0]))
    assert found.channels == 4
    assert found.warnings == ("channels beyond the colours, left out: 1",)
    assert read_tiff(tiff(PIXELS, extrasamples=["unassalpha"])).warnings == ()


def test_other_numbers_are_refused_not_called_damaged() -> None:
    with pytest.raises(RefusedError, match="Received: 32 unsigned"):
        read_tiff(tiff(PIXELS[..., :3].astype(np.uint32)))
    with pytest.raises(RefusedError, match="grey or RGB in a 16-bit TIFF. Received: CIELab"):
        read_tiff(tiff(PIXELS[..., :3], photometric="cielab"))


def test_a_dng_is_a_raw_file() -> None:
    assert read_tiff(tiff(extratags=[(50706, 1, 4, (1, 4, 0, 0), True)])).format == "raw"


def test_exif_of_bigtiff_is_named() -> None:
    camera = [(271, 2, 4, b"Cam", True)]
    named = ("EXIF is not read from a BigTIFF file",)
    bare = {"bigtiff": True, "software": False, "metadata": None}
    assert read_tiff(tiff(**bare, extratags=camera)).warnings == named
    assert read_tiff(tiff(**bare, resolution=(100, 200))).warnings == ()

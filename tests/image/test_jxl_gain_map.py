from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sr_app.image.contents import GainMap
from sr_app.image.gain_map_parameters import to_iso
from sr_app.image.isobmff_writer import box
from sr_app.image.jxl_gain_map import map_box, read_box_map
from sr_app.image.jxl_header import CONTAINER
from tests.image.siblings import scene
from tests.image.test_gain_map_parameters import ONE

MAP = GainMap(scene(8, 1), (48, 64), iso=to_iso(ONE))


def read(content: bytes, orientation: int = 1, size: tuple[int, int] = (48, 64)):
    return read_box_map(CONTAINER + box(b"jhgm", content), orientation, size)


@pytest.mark.parametrize("channels", [1, 3])
def test_there_and_back(channels: int) -> None:
    given = replace(MAP, pixels=scene(8, channels))
    found, warnings = read(map_box(given))
    assert warnings == () and found.iso == given.iso
    assert np.array_equal(found.pixels, given.pixels)


def test_it_turns_with_the_photo() -> None:
    found, _ = read(map_box(MAP), 6, (64, 48))
    assert np.array_equal(found.pixels, np.rot90(MAP.pixels, -1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\1" + map_box(MAP)[1:],
        map_box(MAP)[:-9],
        map_box(replace(MAP, pixels=np.zeros((600, 600, 1), np.uint8))),
    ],
)
def test_one_that_cannot_be_used_is_named(content: bytes) -> None:
    found, (warning,) = read(content)
    assert found is None and "gain map cannot be used" in warning and "SDR rendition" in warning


def test_there_may_be_none() -> None:
    assert read_box_map(CONTAINER, 1, (48, 64)) == (None, ())
    assert read_box_map(b"\xff\x0a", 1, (48, 64)) == (None, ())

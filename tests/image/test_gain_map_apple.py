from __future__ import annotations

import numpy as np
import pytest

from sr_app.image.gain_map_apple import apple_headroom, translated
from sr_app.image.gain_map_parameters import parameters_of
from tests.image.test_isobmff_gain_map import apple_exif


@pytest.mark.parametrize(
    ("headroom", "gain", "stops"),
    [
        ((5, 10), (1, 100), 1.6),
        ((5, 10), (1, 1), 1.5),
        ((12, 10), (1, 200), 2.65),
        ((1, 1), (1, 1), 2),
    ],
)
def test_headroom_of_the_maker_note(headroom, gain, stops) -> None:
    """The four pieces of Apple's own formula."""
    found = apple_headroom(None, apple_exif(headroom, gain))
    assert found == pytest.approx(2**stops, rel=1e-6)


def test_the_map_s_own_words_count_first() -> None:
    packet = b'<rdf:Description HDRGainMap:HDRGainMapHeadroom="3.5"/>'
    assert apple_headroom(packet, apple_exif((12, 10), (1, 200))) == 3.5
    with pytest.raises(ValueError, match="nothing says how much light"):
        apple_headroom(b"<x/>", None)


def test_light_is_the_same_by_both_rules() -> None:
    x = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    found = translated(x, (32, 32), 8.0)
    (stops,) = parameters_of(found).maximum
    v = x / 255
    light = np.where(v < 0.081, v / 4.5, ((v + 0.099) / 1.099) ** (1 / 0.45))
    ours = 2 ** (stops * (found.pixels / 255.0))
    assert stops == 3 and np.abs(np.log2(ours) - np.log2(1 + 7 * light)).max() < 3 / 255
    for headroom in (1.0, 0.0, 1000.0):
        with pytest.raises(ValueError, match="adds no light"):
            translated(x, (32, 32), headroom)

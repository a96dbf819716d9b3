from __future__ import annotations

import struct

import numpy as np
import pytest

from sr_app.image.cicp import CURVES, PRIMARIES, Cicp
from sr_app.image.icc_reader import cicp_of_profile, evaluated
from sr_app.image.icc_writer import grey_profile, rgb_profile


@pytest.mark.parametrize(("primaries", "transfer"), [(1, 13), (12, 13), (9, 8), (1, 4)])
def test_the_usual_spaces_are_known_again(primaries: int, transfer: int) -> None:
    profile = rgb_profile("x", CURVES[transfer], PRIMARIES[primaries])
    assert cicp_of_profile(profile) == Cicp(primaries, transfer)


def test_little_cms_s_own_srgb_is_srgb(srgb_profile: bytes) -> None:
    assert cicp_of_profile(srgb_profile) == Cicp(1, 13)


def test_grey_has_a_curve_alone() -> None:
    profile = grey_profile("x", CURVES[13], PRIMARIES[1][:2])
    assert cicp_of_profile(profile) == Cicp(1, 13)


def test_colours_with_curves_of_their_own_have_no_number() -> None:
    """A measured screen's: of its curves the red one is sRGB's, the green one is not."""
    profile = rgb_profile("x", CURVES[13], PRIMARIES[1])
    (tags,) = struct.unpack_from(">I", profile, 128)
    places = {profile[132 + 12 * n : 136 + 12 * n]: 132 + 12 * n for n in range(tags)}
    curve = b"curv" + struct.pack(">4xIH", 1, round(1.8 * 256))
    changed = bytearray(profile + curve)
    struct.pack_into(">II", changed, places[b"gTRC"] + 4, len(profile), len(curve))
    assert cicp_of_profile(profile) == Cicp(1, 13)
    assert cicp_of_profile(bytes(changed)) is None


def test_others_are_none(ink_profile: bytes) -> None:
    odd = rgb_profile("x", (1.8,), PRIMARIES[1])
    for profile in (odd, ink_profile, b"", b"junk" * 100, odd[:150]):
        assert cicp_of_profile(profile) is None


def test_curves() -> None:
    light = evaluated(CURVES[13])
    assert (light[0], light[-1]) == (0, pytest.approx(1))
    assert light[16] == pytest.approx(0.2140, abs=1e-4)  # of sRGB's half
    assert np.all(np.diff(light) > 0)

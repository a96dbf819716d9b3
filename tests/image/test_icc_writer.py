from __future__ import annotations

import io
import struct

import pytest
from PIL import ImageCms

from sr_app.image.cicp import PRIMARIES, SRGB_CURVE
from sr_app.image.icc_writer import grey_profile, rgb_profile


def test_little_cms_reads_the_profile() -> None:
    data = rgb_profile("A name", SRGB_CURVE, PRIMARIES[1])
    profile = ImageCms.ImageCmsProfile(io.BytesIO(data)).profile
    assert profile.profile_description == "A name"
    assert (profile.version, profile.xcolor_space) == (pytest.approx(4.3), "RGB ")
    # sRGB's primaries, adapted to D50 (IEC 61966-2-1 by Bradford): known to four digits.
    assert profile.red_colorant[0] == pytest.approx((0.4361, 0.2225, 0.0139), abs=2e-4)
    assert profile.blue_colorant[0] == pytest.approx((0.1431, 0.0606, 0.7141), abs=2e-4)


def test_its_size_is_what_it_says() -> None:
    for data in (
        rgb_profile("a", (2.2,), PRIMARIES[12]),
        grey_profile("b", SRGB_CURVE, PRIMARIES[1][:2]),
    ):
        assert struct.unpack(">I", data[:4])[0] == len(data)
        assert data[36:40] == b"acsp"


@pytest.mark.parametrize("places", [(0.3,) * 8, (0.3, 0.0, *PRIMARIES[1][2:])])
def test_no_colours_are_an_error(places: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="chromaticit"):
        rgb_profile("a", SRGB_CURVE, places)

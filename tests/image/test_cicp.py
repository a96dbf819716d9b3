from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from sr_app.image.cicp import PRIMARIES, Cicp, cicp_profile, gamma_profile
from sr_app.image.profiles import colour_space


def in_srgb(profile: bytes, colour: tuple[int, int, int]) -> np.ndarray:
    """What Little CMS makes of one colour of the profile."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    image = Image.new("RGB", (1, 1), colour)
    return np.asarray(ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB")))[
        0, 0
    ]


def test_display_p3_by_number() -> None:
    """The colour of SMPTE RP 431-2's primaries that sRGB's (0.8, 0.2, 0.2) is: computed below."""
    profile = cicp_profile(Cicp(12, 13), grey=False)
    assert colour_space(profile) == "RGB"
    assert in_srgb(profile, (128, 128, 128)).tolist() == [128, 128, 128]
    red = in_srgb(profile, (190, 70, 60)).astype(int)
    expected = through_matrices((190, 70, 60), 12)
    assert np.abs(red - expected).max() <= 1


def through_matrices(colour: tuple[int, int, int], number: int) -> np.ndarray:
    """The textbook's way (both have the white point D65): linear light, two matrices, sRGB."""

    def matrix(places: tuple[float, ...]) -> np.ndarray:
        points = [
            (x / y, 1, (1 - x - y) / y) for x, y in zip(places[::2], places[1::2], strict=True)
        ]
        white, lights = np.array(points[0]), np.array(points[1:]).T
        return lights * np.linalg.solve(lights, white)

    x = np.array(colour) / 255
    light = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    light = np.linalg.solve(matrix(PRIMARIES[1]), matrix(PRIMARIES[number]) @ light).clip(0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (shown * 255 + 0.5).astype(int)


@pytest.mark.parametrize("cicp", [Cicp(1, 13), Cicp(2, 2), Cicp(1, 2), Cicp(9, 16), Cicp(77, 13)])
def test_srgb_hdr_and_unknown_numbers_have_no_profile(cicp: Cicp) -> None:
    assert cicp_profile(cicp, grey=False) is None


def test_hdr_curves_are_named() -> None:
    assert (Cicp(9, 16).hdr, Cicp(9, 18).hdr, Cicp(9, 13).hdr) == ("PQ", "HLG", None)


def test_linear_light_of_a_png() -> None:
    """A half of the light is the display value 188 of sRGB."""
    profile = gamma_profile(1.0, None, grey=False)
    assert np.abs(in_srgb(profile, (128, 128, 128)).astype(int) - 188).max() <= 1
    assert colour_space(gamma_profile(1.0, None, grey=True)) == "GRAY"


def test_the_usual_gamma_needs_no_profile() -> None:
    assert gamma_profile(0.45455, None, grey=False) is None
    assert gamma_profile(0.45455, PRIMARIES[1], grey=False) is None
    assert gamma_profile(None, None, grey=False) is None
    assert gamma_profile(0.45455, PRIMARIES[12], grey=False) is not None


@pytest.mark.parametrize("gamma", [0.0, 1e9])
def test_senseless_gammas_say_nothing(gamma: float) -> None:
    assert gamma_profile(gamma, None, grey=False) is None
    assert gamma_profile(1.0, (0.3,) * 8, grey=False) is None  # no triangle

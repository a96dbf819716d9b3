from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from sr_app.image.profiles import colour_space, inks_to_srgb, lab_to_srgb, sound


def inks(*values: int) -> Image.Image:
    return Image.new("CMYK", (2, 2), values)


def test_colour_space(srgb_profile: bytes, grey_profile: bytes, ink_profile: bytes) -> None:
    assert colour_space(srgb_profile) == "RGB"
    assert colour_space(grey_profile) == "GRAY"
    assert colour_space(ink_profile) == "CMYK"
    assert colour_space(None) is None
    assert colour_space(b"short") is None
    assert colour_space(bytes(200)) is None


def test_a_sound_profile(srgb_profile: bytes, ink_profile: bytes) -> None:
    for whole in (srgb_profile, ink_profile, srgb_profile + b"\0\0"):
        assert sound(whole) == whole
    tag = srgb_profile[:136] + b"\xff" + srgb_profile[137:]
    no_tags = srgb_profile[:128] + bytes(len(srgb_profile) - 128)
    for damaged in (None, b"", b"rubbish" * 99, srgb_profile[:-1], tag, no_tags):
        assert sound(damaged) is None


def test_inks_go_through_their_profile(ink_profile: bytes) -> None:
    """The profile's cyan ink prints red, which no formula knows."""
    image, warning = inks_to_srgb(inks(255, 0, 0, 0), ink_profile)
    assert warning is None
    assert image.mode == "RGB"
    assert np.abs(np.asarray(image)[0, 0].astype(int) - (255, 0, 0)).max() < 12
    paper, _ = inks_to_srgb(inks(0, 0, 0, 0), ink_profile)
    black, _ = inks_to_srgb(inks(0, 0, 0, 255), ink_profile)
    assert np.asarray(paper).min() >= 254
    assert np.asarray(black).max() <= 1


@pytest.mark.parametrize("broken", [None, b"", b"junk" * 100])
def test_without_a_profile_the_plain_formula_and_a_warning(broken: bytes | None) -> None:
    image, warning = inks_to_srgb(inks(255, 0, 0, 0), broken)
    assert np.asarray(image)[0, 0].tolist() == [0, 255, 255]
    assert "without a usable profile" in warning


def test_a_damaged_profile_and_one_of_other_colours_are_not_used(
    ink_profile: bytes, srgb_profile: bytes
) -> None:
    for profile in (ink_profile[:300], srgb_profile):
        assert inks_to_srgb(inks(255, 0, 0, 0), profile)[1] is not None


def test_lab() -> None:
    expected = np.array([[[200, 60, 60], [60, 120, 200], [128, 128, 128]]], np.uint8)
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    there = ImageCms.profileToProfile(Image.fromarray(expected), srgb, lab, outputMode="LAB")
    back = np.asarray(lab_to_srgb(there)).astype(int)
    # Eight bits of Lab are coarser than eight bits of sRGB.
    assert np.abs(back - expected).max() <= 4

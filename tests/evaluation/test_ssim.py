from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from skimage.metrics import structural_similarity

from sr_app.evaluation.ssim import ssim

CAMERA = skimage.data.camera()[100:164, 200:280]
BLURRED = ((CAMERA[1:-1, :-2].astype(int) + CAMERA[1:-1, 1:-1] + CAMERA[1:-1, 2:]) // 3).astype(
    np.uint8
)
SHARP = CAMERA[1:-1, 1:-1]


def test_one_window_by_hand() -> None:
    """An 11x11 picture holds exactly one window: equation 13 written out."""
    a, b = SHARP[:11, :11].astype(float), BLURRED[:11, :11].astype(float)
    y, x = np.mgrid[-5:6, -5:6]
    w = np.exp(-(x**2 + y**2) / 4.5)
    w /= w.sum()
    ma, mb = (w * a).sum(), (w * b).sum()
    va, vb, cov = ((w * p).sum() for p in ((a - ma) ** 2, (b - mb) ** 2, (a - ma) * (b - mb)))
    c1, c2 = 2.55**2, 7.65**2
    expected = (2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    assert ssim(SHARP[:11, :11], BLURRED[:11, :11]) == pytest.approx(expected, abs=1e-12)


def test_agrees_with_scikit_image_inside() -> None:
    _, similarity = structural_similarity(
        SHARP,
        BLURRED,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
        data_range=255,
    )
    assert ssim(SHARP, BLURRED) == pytest.approx(similarity[5:-5, 5:-5].mean(), abs=1e-9)


def test_colours_are_averaged() -> None:
    hr = skimage.data.astronaut()[:30, :40]
    sr = np.roll(hr, 1, axis=1)
    planes = [ssim(hr[..., c], sr[..., c]) for c in range(3)]
    assert ssim(hr, sr) == pytest.approx(np.mean(planes))


def test_range_and_direction() -> None:
    assert ssim(SHARP, SHARP) == pytest.approx(1)
    assert -1 <= ssim(SHARP, 255 - SHARP) < 0 < ssim(SHARP, BLURRED) < 1


def test_the_peak_follows_the_type() -> None:
    assert ssim(SHARP / 255, BLURRED / 255) == pytest.approx(ssim(SHARP, BLURRED))


def test_too_small_a_picture_is_named() -> None:
    with pytest.raises(ValueError, match="11 pixels a side or more for SSIM. Received: 80x10"):
        ssim(CAMERA[:10], CAMERA[:10])

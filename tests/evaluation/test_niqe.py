"""NIQE by its properties, and its parts by independent computations."""

from __future__ import annotations

import io

import numpy as np
import pytest
import skimage.data
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import gennorm

from sr_app.evaluation.niqe import asymmetric_gaussian, fit, niqe, patch_features

PHOTOS = {"astronaut": skimage.data.astronaut(), "coffee": skimage.data.coffee()}
each_photo = pytest.mark.parametrize("photo", PHOTOS.values(), ids=PHOTOS)


def jpeg(picture, quality):
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def noisy(picture, sigma):
    noise = np.random.default_rng(0).normal(0, sigma, picture.shape)
    return (picture + noise).clip(0, 255).astype(np.uint8)


def blurred(picture, sigma):
    return gaussian_filter(picture, (sigma, sigma, 0))


@each_photo
@pytest.mark.parametrize(
    ("spoil", "amounts"), [(blurred, (1.5, 3)), (noisy, (15, 40)), (jpeg, (30, 8))]
)
def test_it_rises_with_blur_noise_and_compression(photo, spoil, amounts):
    values = [niqe(photo), *(niqe(spoil(photo, amount)) for amount in amounts)]
    assert values == sorted(values) and values[-1] > 1.3 * values[0]


@each_photo
def test_photographs_lie_where_photographs_lie(photo):
    assert 1 < niqe(photo) < 6
    assert niqe(photo[:, ::-1]) == pytest.approx(niqe(photo), abs=0.5)


@pytest.mark.parametrize("shape", [0.6, 1.0, 2.0])
def test_shape_and_width_of_a_generalised_gaussian(shape):
    sample = gennorm.rvs(shape, scale=0.7, size=(1, 60_000), random_state=0)
    found, left, right = (float(x[0]) for x in asymmetric_gaussian(sample))
    assert found == pytest.approx(shape, rel=0.05)
    assert left == pytest.approx(0.7, rel=0.06) and right == pytest.approx(left, rel=0.05)


def test_unequal_sides_are_told_apart():
    sample = np.random.default_rng(0).normal(size=(1, 60_000))
    _, left, right = asymmetric_gaussian(np.where(sample > 0, 2 * sample, sample))
    assert right / left == pytest.approx(2, rel=0.02)


def test_patches_fit_and_fit_is_a_fixed_point():
    photo = PHOTOS["astronaut"]
    features, sharpness = patch_features(photo)
    assert features.shape == (25, 36) and sharpness.shape == (25,)  # 512 = 5 patches and a rest
    np.testing.assert_array_equal(features, patch_features(photo[:480, :480])[0])
    own = fit([photo])
    chosen = features[sharpness > 0.75 * sharpness.max()]
    np.testing.assert_allclose(own.mean, chosen.mean(0))


def test_flat_and_small_pictures():
    assert np.isfinite(niqe(np.full((96, 192), 128, np.uint8)))
    with pytest.raises(ValueError, match="two patches of 96x96 pixels for NIQE. Received: 150x100"):
        niqe(np.zeros((100, 150, 3), np.uint8))

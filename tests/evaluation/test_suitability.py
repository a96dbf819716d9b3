import numpy as np
import pytest

from sr_app.evaluation.suitability import (
    Series,
    check_count,
    check_series,
    clean_factor,
    measure_photos,
)
from sr_app.image.statistics import ImageStatistics as Seen


def series(noises, losses, small_noise=None):
    """Photos of these measurements, whose small selves have detail 0 (and a tenth of the noise)."""
    looks = tuple(Seen(noise, -loss) for noise, loss in zip(noises, losses, strict=True))
    small_noise = small_noise or {2: 0.1, 3: 0.1, 4: 0.1}
    small = {factor: (Seen(noise, 0.0),) * len(looks) for factor, noise in small_noise.items()}
    return Series(looks, small)


def test_noisy_photos_and_blurred_photos_are_taken():
    check_series(series([3.0] * 20, [0.0] * 20))
    check_series(series([0.3] * 20, [7.0] * 20))


def test_clean_photos_are_refused_with_the_numbers():
    with pytest.raises(ValueError, match=r"already clean: noise 0\.4 .*, 1\.0 dB"):
        check_series(series([0.4] * 20, [1.0] * 20))


def test_mixed_noise_and_mixed_blur_are_refused_with_the_numbers():
    with pytest.raises(ValueError, match=r"mixed photos: noise from 1\.5 to 8\.0 grey levels"):
        check_series(series([1.5] * 10 + [8.0] * 10, [0.0] * 20))
    with pytest.raises(ValueError, match="mixed photos: 0 to 20 dB of detail"):
        check_series(series([3.0] * 20, [0.0] * 10 + [20.0] * 10))


def test_one_odd_photo_of_twenty_does_not_matter():
    check_series(series([3.0] * 19 + [30.0], [0.0] * 20))


def test_too_few_and_too_small_are_told_apart():
    check_count(20, 25, 256)
    with pytest.raises(ValueError, match="too few.*20 or more, found 19"):
        check_count(19, 19, 256)
    with pytest.raises(ValueError, match="too small.*256 pixels.*found 3 among 40"):
        check_count(3, 40, 256)


def test_photos_shrink_until_they_are_clean():
    assert clean_factor(series([9.0], [5.0]), (2, 3, 4)) == 2
    assert clean_factor(series([9.0], [5.0], {2: 1.4, 3: 0.9, 4: 0.7}), (2, 3, 4)) == 3
    assert clean_factor(series([9.0], [5.0], {2: 3.0, 3: 2.5, 4: 2.0}), (2, 3)) == 3
    looks = (Seen(0.3, -30.0),)  # blur of two pixels: at half the size it still lacks 8 dB
    blurred = Series(looks, {2: (Seen(0.3, -8.0),), 3: (Seen(0.3, -1.0),), 4: (Seen(0.3, 0.0),)})
    assert clean_factor(blurred, (2, 3, 4)) == 3


def test_measured_photos_of_every_size_and_a_line_about_them():
    rng = np.random.default_rng(0)
    plane = 0.5 + rng.normal(0, 4 / 255, (256, 256, 1))
    found = measure_photos([np.repeat(plane, 3, axis=2)])
    assert found.noise()[0] == pytest.approx(4, rel=0.05)
    # A mean of four values has half the deviation; what is left is coarser than the filter looks.
    assert 1 < found.small[2][0].noise < 2
    assert found.summary()["noise, grey levels"][0] in "34"

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.resize import KERNELS, imresize, imresize_bands, imresize_stream, modcrop

RNG = np.random.default_rng(0)


def cubic(x: float) -> float:
    x = abs(x)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x <= 2 else 0.0


def lanczos3(x: float) -> float:
    if x == 0:
        return 1.0
    if abs(x) >= 3:
        return 0.0
    return 3 * math.sin(math.pi * x) * math.sin(math.pi * x / 3) / (math.pi * x) ** 2


def line(values: list[float], scale: float, length: int, kernel, reach: float) -> list[float]:
    """One line, pixel by pixel from the definition: mirror, stretch, weigh, divide by the sum."""
    stretch = min(scale, 1.0)
    result = []
    for x in range(length):
        centre = (x + 0.5) / scale - 0.5
        first = math.floor(centre - reach / stretch) - 1
        last = math.ceil(centre + reach / stretch) + 1
        total = weight_sum = 0.0
        for at in range(first, last + 1):
            weight = kernel((centre - at) * stretch)
            period = at % (2 * len(values))
            mirrored = period if period < len(values) else 2 * len(values) - 1 - period
            total += weight * values[mirrored]
            weight_sum += weight
        result.append(total / weight_sum)
    return result


def by_definition(picture: np.ndarray, scale: float, kernel, reach: float) -> np.ndarray:
    height, width = (math.ceil(scale * n - 1e-9) for n in picture.shape)
    rows = np.array([line(list(c), scale, height, kernel, reach) for c in picture.T]).T
    return np.array([line(list(r), scale, width, kernel, reach) for r in rows])


@pytest.mark.parametrize("scale", [2, 3, 4, 1 / 2, 1 / 3, 1 / 4, 1.7, 0.37, 0.9, 1, 5.5, 0.05])
@pytest.mark.parametrize(
    ("name", "kernel", "reach"), [("bicubic", cubic, 2), ("lanczos", lanczos3, 3)]
)
def test_equals_the_definition(name: str, kernel, reach: float, scale: float) -> None:
    picture = RNG.random((13, 9))
    expected = by_definition(picture, scale, kernel, reach)
    assert np.allclose(imresize(picture, scale, kernel=name), expected, atol=1e-12)


@pytest.mark.parametrize("size", [(32, 40), (64, 80), (123, 77), (256, 320), (300, 200)])
@pytest.mark.parametrize(("name", "filter_"), [("bicubic", 3), ("lanczos", 1), ("bilinear", 2)])
def test_agrees_with_pillow_away_from_the_border(name: str, filter_: int, size) -> None:
    """Pillow has the same kernels and positions but cuts the kernel at the border."""
    picture = skimage.data.camera()[:128, :160].astype(np.float32)
    expected = np.asarray(Image.fromarray(picture).resize(size[::-1], filter_))
    result = imresize(picture, size=size, kernel=name)
    margin = [math.ceil(3 * max(out / n, 1)) for out, n in zip(size, picture.shape, strict=True)]
    inside = tuple(slice(m, -m) for m in margin)
    assert result.dtype == np.float32
    # Pillow computes in float32 on values up to 255.
    assert np.allclose(result[inside], expected[inside], atol=1e-3)


def test_known_values() -> None:
    """By hand: half size, columns 0 0 1 1 | 1 1 0 0 mirrored; weights of cubic(x / 2) / 2."""
    weights = np.array([cubic(x / 2) for x in (-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5)])
    weights /= weights.sum()
    expected = weights @ [1, 0, 0, 0, 0, 1, 1, 1]
    assert np.isclose(imresize(np.array([[0.0, 0.0, 1.0, 1.0]] * 2), 0.5)[0, 0], expected)


def test_integers_are_rounded_after_each_pass_rows_first() -> None:
    picture = RNG.integers(0, 256, (24, 30, 3)).astype(np.uint8)

    def rounded(values: np.ndarray) -> np.ndarray:
        return np.floor(np.clip(values, 0, 255) + 0.5)

    # One axis at a time, through the float road.
    rows = rounded(imresize(picture.astype(float), size=(8, 30)))
    both = rounded(imresize(rows, size=(8, 10)))
    result = imresize(picture, 1 / 3)
    assert result.dtype == np.uint8
    assert np.array_equal(result, both)
    assert np.any(result != rounded(imresize(picture.astype(float), 1 / 3)))


def test_the_smaller_factor_goes_first() -> None:
    picture = RNG.integers(0, 256, (20, 24)).astype(np.uint8)
    turned = imresize(picture.T, size=(8, 40)).T
    assert np.array_equal(imresize(picture, size=(40, 8)), turned)
    columns_first = imresize(imresize(picture, size=(20, 8)), size=(40, 8))
    assert np.array_equal(imresize(picture, size=(40, 8)), columns_first)


def test_sixteen_bits_stay() -> None:
    picture = RNG.integers(20_000, 45_000, (16, 12)).astype(np.uint16)  # nothing overshoots
    result = imresize(picture, 2)
    assert result.dtype == np.uint16
    assert np.abs(result - imresize(picture.astype(float), 2)).max() <= 1.5


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("scale", [0.3, 0.5, 1.0, 2.5])
def test_flat_stays_flat_and_one_pixel_works(kernel: str, scale: float) -> None:
    for shape in [(1, 1), (1, 7), (7, 1, 3)]:
        result = imresize(np.full(shape, 0.3), scale, kernel=kernel)
        assert result.shape[:2] == tuple(math.ceil(scale * n) for n in shape[:2])
        assert np.allclose(result, 0.3, atol=1e-12)


def test_equal_size_changes_nothing() -> None:
    picture = RNG.integers(0, 256, (11, 8, 3)).astype(np.uint8)
    assert np.array_equal(imresize(picture, 1), picture)


def test_nearest_repeats_pixels() -> None:
    picture = RNG.integers(0, 256, (3, 4)).astype(np.uint8)
    expected = picture.repeat(3, axis=0).repeat(3, axis=1)
    assert np.array_equal(imresize(picture, 3, kernel="nearest"), expected)


def test_without_antialiasing_the_kernel_is_not_stretched() -> None:
    """At 1/3 the output lies on pixels 1, 4, ..: the plain kernel reads nothing else."""
    picture = RNG.random((9, 12))
    assert np.allclose(imresize(picture, 1 / 3, antialias=False), picture[1::3, 1::3])


def test_many_bands_equal_one(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = RNG.random((37, 23, 3))
    whole = imresize(picture, 1.3)
    monkeypatch.setattr("sr_app.image.resize._BAND_ELEMENTS", 1)
    assert np.array_equal(imresize(picture, 1.3), whole)


def test_memory_is_the_result_and_a_band() -> None:
    picture = np.zeros((500, 400, 3), np.uint8)
    tracemalloc.start()
    try:
        result = imresize(picture, 4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A band's few copies; a float64 copy of the result alone would be eight times its size.
    assert peak < 2.5 * result.nbytes


def test_the_size_is_not_one_too_large() -> None:
    """0.07 * 100 is 7.000000000000001."""
    assert imresize(np.zeros((100, 10)), 0.07).shape == (7, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either scale or size"),
        ({"scale": 2, "size": (2, 2)}, "either scale or size"),
        ({"scale": 0}, "positive"),
        ({"scale": math.nan}, "positive"),
        ({"size": (0, 4)}, "at least 1"),
        ({"scale": 2, "kernel": "cubic"}, "bicubic"),
    ],
)
def test_bad_arguments_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        imresize(np.zeros((4, 4)), **arguments)


@pytest.mark.parametrize("picture", [np.zeros(4), np.zeros((0, 4)), np.zeros((4, 4), int)])
def test_bad_pictures_are_named(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Expected"):
        imresize(picture, 2)


def test_modcrop() -> None:
    picture = np.arange(7 * 9 * 3).reshape(7, 9, 3)
    assert np.array_equal(modcrop(picture, 4), picture[:4, :8])
    assert modcrop(picture, 1).shape == (7, 9, 3)
    with pytest.raises(ValueError, match="9x7 is smaller than the factor 8"):
        modcrop(picture, 8)


@pytest.mark.parametrize("size", [(300, 500), (600, 250), (31, 700)])
def test_bands_are_the_resized_picture(size: tuple[int, int]) -> None:
    picture = RNG.random((61, 83, 3))
    received = np.full((*size, 3), np.nan)
    for rows, band in imresize_bands(picture, size=size):
        assert band.size <= 2 * 262144
        received[rows] = band
    # The two passes may come in the other order: sums round differently in the last places.
    assert np.abs(received - imresize(picture, size=size)).max() < 1e-12


@pytest.mark.parametrize("size", [(61, 83), (200, 275), (91, 124), (40, 150), (150, 40), (1, 1)])
@pytest.mark.parametrize("heights", [(61,), (1,) * 61, (20, 5, 36)])
def test_a_stream_gives_the_same_numbers(size, heights) -> None:
    picture = RNG.random((61, 83, 4), np.float32)
    bands = np.split(picture, np.cumsum(heights)[:-1])
    given = list(imresize_stream(bands, picture.shape[:2], size))
    assert np.array_equal(np.concatenate(given), imresize(picture, size=size))


def test_a_stream_holds_a_few_rows_only() -> None:
    def bands():
        for _ in range(100):
            yield np.zeros((80, 500, 3), np.float32)  # 48 MB in all

    tracemalloc.start()
    rows = sum(len(band) for band in imresize_stream(bands(), (8000, 500), (5000, 400)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 5000 and peak < 16e6

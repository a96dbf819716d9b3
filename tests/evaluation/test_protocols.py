from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from sr_app.evaluation.metrics import METRICS, Metric
from sr_app.evaluation.protocols import PROTOCOLS, rounded_luma

RNG = np.random.default_rng(0)
HR = RNG.integers(0, 256, (60, 70, 3)).astype(np.uint8)
WHOLE = [name for name in PROTOCOLS if not PROTOCOLS[name].shifts]  # the others: test_alignment
SR = (HR + RNG.integers(-9, 10, HR.shape)).clip(0, 255).astype(np.uint8)
BOTH = ("psnr", "ssim")


def reference(a: np.ndarray, b: np.ndarray) -> dict[str, float]:
    """By scikit-image, which averages SSIM over its full map unless cut as below."""
    channels = [(a, b)] if a.ndim == 2 else [(a[..., c], b[..., c]) for c in range(3)]
    options = {"gaussian_weights": True, "use_sample_covariance": False, "data_range": 255}
    maps = [structural_similarity(p, q, full=True, **options)[1] for p, q in channels]
    similarity = float(np.mean([m[5:-5, 5:-5].mean() for m in maps]))
    return {"psnr": peak_signal_noise_ratio(a, b), "ssim": similarity}


def y(rgb: np.ndarray) -> np.ndarray:
    """Rec. ITU-R BT.601: 219 steps above 16, rounded half up."""
    return np.floor(16.5 + 219 / 255 * (rgb @ [0.299, 0.587, 0.114])).astype(np.uint8)


@pytest.mark.parametrize("scale", [2, 4])
def test_y_is_rounded_luma_inside_a_border_of_the_factor(scale: int) -> None:
    inside = np.s_[scale:-scale, scale:-scale]
    expected = reference(y(HR)[inside], y(SR)[inside])
    assert PROTOCOLS["y"].score(HR, SR, scale, BOTH) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [2, 4])
def test_y_unrounded_is_luma_in_double_precision_of_grey_pictures_too(scale: int) -> None:
    def exact(rgb: np.ndarray) -> np.ndarray:
        return 16 + 219 / 255 * (rgb @ [0.299, 0.587, 0.114])

    inside, rules = np.s_[scale:-scale, scale:-scale], PROTOCOLS["y_unrounded"]
    a, b = exact(HR)[inside], exact(SR)[inside]
    similarity = METRICS["ssim"](a / 255, b / 255)
    assert rules.score(HR, SR, scale, BOTH) == pytest.approx(
        {"psnr": peak_signal_noise_ratio(a, b, data_range=255), "ssim": similarity}
    )
    own = PROTOCOLS["y"].score(HR[..., 0], SR[..., 0], scale, BOTH)
    grey = rules.score(HR[..., 0], SR[..., 0], scale, BOTH)
    assert grey["psnr"] == pytest.approx(own["psnr"] + 20 * np.log10(255 / 219))


def test_rounded_luma_is_the_standard_s() -> None:
    assert np.array_equal(rounded_luma(HR), y(HR))


@pytest.mark.parametrize(("name", "extra"), [("rgb", 0), ("ntire2017", 6)])
def test_rgb_protocols(name: str, extra: int) -> None:
    border = extra + 3
    inside = np.s_[border:-border, border:-border]
    expected = reference(HR[inside], SR[inside])
    assert PROTOCOLS[name].score(HR, SR, 3, BOTH) == pytest.approx(expected)


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "y_unrounded"])
def test_a_grey_picture_is_scored_on_its_own_values(name: str) -> None:
    """Turned into RGB and luma it would gain 20 log10(255 / 219) = 1.3 dB."""
    hr, sr = HR[..., 0], SR[..., 0]
    border = 2 + 6 * (name == "ntire2017")
    inside = np.s_[border:-border, border:-border]
    assert PROTOCOLS[name].score(hr, sr, 2, BOTH) == pytest.approx(
        reference(hr[inside], sr[inside])
    )
    if name == "y":
        three = [np.repeat(p[..., None], 3, axis=2) for p in (hr, sr)]
        gain = PROTOCOLS[name].score(*three, 2, BOTH)["psnr"] - peak_signal_noise_ratio(
            hr[inside], sr[inside]
        )
        assert gain == pytest.approx(20 * np.log10(255 / 219), abs=0.1)


@pytest.mark.parametrize("name", WHOLE)
def test_what_lies_in_the_border_does_not_count(name: str) -> None:
    spoilt = HR.copy()
    spoilt[:4], spoilt[-4:], spoilt[:, :4], spoilt[:, -4:] = 0, 0, 0, 0
    assert PROTOCOLS[name].score(HR, spoilt, 4, ["psnr"])["psnr"] == np.inf
    spoilt[30, 30] ^= 64
    assert PROTOCOLS[name].score(HR, spoilt, 4, ["psnr"])["psnr"] < np.inf


@pytest.mark.parametrize("name", WHOLE)
def test_too_small_a_picture_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="8x8 pixels leave nothing inside the border"):
        PROTOCOLS[name].score(HR[:8, :8], SR[:8, :8], 4, BOTH)


def test_a_metric_of_colours_gets_them_inside_the_same_border(monkeypatch) -> None:
    seen = []
    watch = Metric(lambda hr, sr: float(seen.append((hr, sr)) or 0), "", True, (0, 1), 2, True)
    monkeypatch.setitem(METRICS, "watch", watch)
    scores = PROTOCOLS["y"].score(HR, SR, 3, ("psnr", "watch"))
    inside = np.s_[3:-3, 3:-3]
    assert scores["psnr"] == pytest.approx(reference(y(HR)[inside], y(SR)[inside])["psnr"])
    for picture, expected in zip(seen[0], (HR, SR), strict=True):
        assert np.array_equal(picture, expected[inside])

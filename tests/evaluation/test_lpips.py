from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from sr_app.evaluation.lpips import lpips
from sr_app.image.files import read_photo
from sr_app.networks.features import has_weights

RNG = np.random.default_rng(0)
HR, SR = RNG.integers(0, 256, (2, 48, 56, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("network", "expected"), [("squeeze", 0.148), ("alex", 0.132), ("vgg", 0.136)]
)
def test_the_published_example(network, expected, shared, monkeypatch):
    folder = shared / "data" / "perceptual"
    if not has_weights(network, folder):
        pytest.skip("no weights of perceptual metrics in the shared folder")
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(folder))
    ref, other = (read_photo(folder / "lpips_squeeze" / f"ex_{n}.png").rgb for n in ("ref", "p1"))
    assert lpips(ref, other, network=network) == pytest.approx(expected, abs=0.005)


def test_the_networks_load_without_the_notices_of_their_libraries():
    code = "from sr_app.evaluation.lpips import _features; _features()"
    loud = {key: value for key, value in os.environ.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run([sys.executable, "-c", code], env=loud, capture_output=True, check=True)
    assert done.stderr == b""


def test_bytes_and_floats_agree():
    floats = [picture.astype("float32") / 255 for picture in (HR, SR)]
    assert lpips(HR, SR) == pytest.approx(lpips(*floats), rel=1e-4)


def test_grey_is_three_equal_channels():
    three = [np.repeat(picture[..., :1], 3, axis=2) for picture in (HR, SR)]
    assert lpips(HR[..., 0], SR[..., 0]) == pytest.approx(lpips(*three), rel=1e-5)


def test_what_cannot_be_compared_is_refused(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="32 pixels a side or more for LPIPS. Received: 56x20"):
        lpips(HR[:20], SR[:20])
    with pytest.raises(ValueError, match="of one shape"):
        lpips(HR, SR[:40])
    monkeypatch.setenv("SR_APP_PERCEPTUAL", str(tmp_path))
    with pytest.raises(ValueError, match="sr-app data prepare perceptual"):
        lpips(HR, SR)

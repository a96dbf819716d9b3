from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

import sr_app
from sr_app.evaluation import benchmark
from sr_app.image.resize import imresize
from sr_app.jobs.evaluate import evaluate
from sr_app.jobs.events import Finished, Note, Progress


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "hr"
    path.mkdir()
    Image.fromarray(skimage.data.astronaut()[60:130, 180:262]).save(path / "astronaut.png")
    Image.fromarray(skimage.data.camera()[100:170, 200:280]).save(path / "camera.png")
    return path


def bicubic(lr: np.ndarray) -> np.ndarray:
    return imresize(lr, 2)


def test_it_is_the_public_name_and_scores_as_the_benchmark(folder: Path) -> None:
    assert sr_app.evaluate is evaluate
    assert evaluate(bicubic, folder, scale=2) == benchmark.evaluate(bicubic, folder, scale=2)


def test_a_kernel_s_name_is_scored_as_the_papers_do_unless_told_otherwise(folder: Path) -> None:
    luma = benchmark.evaluate(bicubic, folder, scale=2, interpolation=True)
    assert evaluate("bicubic", folder, scale=2) == luma
    plain = benchmark.evaluate(bicubic, folder, scale=2)
    assert evaluate("bicubic", folder, scale=2, interpolation=False) == plain


def test_a_preset_by_name(folder: Path, models: Path) -> None:
    upscaler = sr_app.Upscaler.from_preset("esrn_x2")
    assert evaluate("esrn_x2", folder, scale=2) == benchmark.evaluate(upscaler, folder, scale=2)
    assert evaluate(models / "esrn_x2", folder, scale=2).mean
    with pytest.raises(ValueError, match="of scale 3. Received: .*, of 2"):
        evaluate("esrn_x2", folder, scale=3)


def test_an_ensemble_is_the_mean_of_eight(folder: Path) -> None:
    def uneven(lr: np.ndarray) -> np.ndarray:
        large = imresize(lr / 255.0, 2)
        return large - np.linspace(0, 0.2, large.shape[1])[:, None]

    one, eight = (evaluate(uneven, folder, scale=2, ensemble=flag) for flag in (False, True))
    assert eight.mean["psnr"] > one.mean["psnr"] + 0.5


def test_events_and_callbacks_tell_the_same(folder: Path) -> None:
    Image.new("RGB", (1, 1)).save(folder / "pixel.png")
    events, seen = [], []
    found = evaluate(
        bicubic,
        folder,
        scale=2,
        observe=seen.append,
        reporter=events.append,
    )
    assert [e for e in events if isinstance(e, Progress)][-1] == Progress("scoring", 3, 3)
    assert [o.score for o in seen] == list(found.pictures)
    (note,) = (event.text for event in events if isinstance(event, Note))
    assert note.startswith("left out of the mean: ") and str(folder / "pixel.png") in note
    assert events[-1] == Finished(found)

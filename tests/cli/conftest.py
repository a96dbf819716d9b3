"""Running the command line in the test's own process, and a folder of small presets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.inference import random_presets

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """`run("inspect", "S_4_16_32", code=0)`: the result, after a check of the exit code."""
    from sr_app.cli.main import app

    def invoke(*arguments: str | Path, code: int = 0) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def models(tmp_path_factory, monkeypatch) -> Path:
    """The presets esrn_x2, esrn_x3 and esrn_x4 with random weights, first on the search path."""
    folder = random_presets.models_folder(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SR_APP_MODELS", str(folder))
    return folder


@pytest.fixture
def twins(tmp_path_factory, models, monkeypatch) -> Path:
    """The same presets, and vivid twins of esrn_x2 and esrn_x4."""
    folder = random_presets.vivid_folder(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SR_APP_MODELS", os.pathsep.join(map(str, (folder, models))))
    return models


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two presets that are cards and placeholder files, alone on the search path."""
    from sr_app.networks import presets
    from sr_app.networks.genotype import Genotype

    root = tmp_path / "models"
    monkeypatch.setattr(presets, "SHIPPED", root)
    monkeypatch.delenv("SR_APP_MODELS", raising=False)
    for scale in (2, 3):
        folder = root / f"tiny_x{scale}"
        folder.mkdir(parents=True)
        (folder / "model.weights.h5").write_bytes(b"weights %d" % scale)
        known = {"parameters": 12_345, "multiply_adds": 2_500_000_000} if scale == 2 else {}
        results = {"Set5": {"psnr": 36.004, "ssim": 0.95, "protocol": "y"}, "Set14": None}
        card = presets.Card(
            name=folder.name,
            title="Tiny",
            description="For tests.",
            scale=scale,
            network=Genotype.parse("S_1_8_8", width=8),
            weights="model.weights.h5",
            results=results if scale == 2 else {},
            folder=folder,
            **known,
        )
        presets.write_card(card)
    return root


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with what the help texts' commands name: photo.jpg and photos/."""
    import skimage.data

    from sr_app.image.files import Photo, write_photo

    folder = tmp_path / "inputs"
    (folder / "photos").mkdir(parents=True)
    pixels = {"coffee": skimage.data.coffee(), "cat": skimage.data.chelsea()}
    photos = {
        name: Photo(rgb=(part[80:144, 80:176] / 255).astype("float32"))
        for name, part in pixels.items()
    }
    write_photo(photos["cat"], folder / "photo.jpg")
    for name, photo in photos.items():
        write_photo(photo, folder / "photos" / f"{name}.png")
    monkeypatch.chdir(folder)
    return folder

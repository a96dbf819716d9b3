import re
import sys
import tomllib
from pathlib import Path

import pytest

from sr_app.files.extras import EXTRAS, MissingExtraError, is_installed, naming_extras, require

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
DISTRIBUTIONS = {"skimage": "scikit-image", "huggingface_hub": "huggingface-hub"}
BROUGHT = {"starlette": "gradio", "uvicorn": "gradio", "h5py": "keras"}
BROUGHT |= {"torchvision": "spandrel", "safetensors": "spandrel"}
LINE = 'this needs the train extra (keras is not installed): pip install "sr-app[train]"'


@pytest.fixture
def no_keras(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)


def test_a_missing_library_is_told_with_its_extra(no_keras):
    with pytest.raises(MissingExtraError, match=re.escape(LINE)), naming_extras():
        import keras.ops  # noqa: F401
    with pytest.raises(ImportError, match=re.escape(LINE)):
        require("matplotlib", "keras")
    require("matplotlib")
    assert is_installed("matplotlib") and not is_installed("keras")


def test_it_decorates_a_function_every_time_it_is_called(no_keras):
    @naming_extras()
    def load(name: str) -> None:
        import keras  # noqa: F401

    for _ in range(2):
        with pytest.raises(MissingExtraError, match="train extra"):
            load("esrn_x2")


def test_other_missing_modules_keep_their_error(monkeypatch):
    with pytest.raises(ModuleNotFoundError) as caught, naming_extras():
        import no_such_library  # noqa: F401
    assert not isinstance(caught.value, MissingExtraError)


@pytest.mark.parametrize("library", EXTRAS)
def test_the_extra_has_the_library_and_the_core_has_not(library):
    name = DISTRIBUTIONS.get(library, BROUGHT.get(library, library))
    extra = PROJECT["optional-dependencies"][EXTRAS[library]]
    assert any(re.fullmatch(rf"{name}[>=<.,\d]*", wanted) for wanted in extra)
    assert not any(wanted.startswith(name) for wanted in PROJECT["dependencies"])
